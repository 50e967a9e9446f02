namespace LoadTesting.Model.Spec;

/// <summary>Steps under one name: every sample inside bears the tag <c>group</c>, and the whole takes a <c>group_duration</c>. Groups nest: <c>::checkout::pay</c>.</summary>
public sealed record GroupStep : StepSpec
{
    /// <summary>Without <c>::</c>, which separates nested groups.</summary>
    public required string Name { get; init; }

    /// <summary>What is inside.</summary>
    public required IReadOnlyList<StepSpec> Steps { get; init; }
}

/// <summary>Runs steps several times. Exactly one of <see cref="Times"/>, <see cref="While"/> and <see cref="Each"/> says how often.</summary>
public sealed record RepeatStep : StepSpec
{
    /// <summary>Most rounds that a loop can have, so that none is endless.</summary>
    public const int MostRounds = 100_000;

    /// <summary>CEL number of rounds, evaluated once before the first: a whole number from 0 to <see cref="MostRounds"/>.</summary>
    public string? Times { get; init; }

    /// <summary>CEL condition, evaluated before each round. Needs <see cref="AtMost"/>.</summary>
    public string? While { get; init; }

    /// <summary>CEL list, evaluated once before the first round: one round for each element.</summary>
    public string? Each { get; init; }

    /// <summary>The loop ends after so many rounds whatever the condition says, 1…<see cref="MostRounds"/>. Null = no limit but that.</summary>
    public long? AtMost { get; init; }

    /// <summary>VU variable (<c>vars.NAME</c>) that holds the round's element (<see cref="Each"/>) or its number from 0. Null = none.</summary>
    public string? As { get; init; }

    /// <summary>What is done in each round.</summary>
    public required IReadOnlyList<StepSpec> Steps { get; init; }
}

/// <summary>Runs one of several lists of steps, chosen by weight. The shares are met exactly over the whole test, however many runners there are.</summary>
public sealed record OneOfStep : StepSpec
{
    /// <summary>At least one.</summary>
    public required IReadOnlyList<WeightedSteps> Branches { get; init; }
}

/// <summary>A branch of a <see cref="OneOfStep"/>.</summary>
/// <param name="Weight">Relative; need not sum to 100. &gt; 0.</param>
/// <param name="Steps">What the branch does; empty = nothing.</param>
public sealed record WeightedSteps(double Weight, IReadOnlyList<StepSpec> Steps);

/// <summary>
/// Requests sent side by side, as k6's <c>http.batch</c>: all are made from the variables as they are before the first, at most <see cref="HttpSpec.Batch"/> at once and
/// <see cref="HttpSpec.BatchPerHost"/> to one host; the step ends when all are answered.
/// </summary>
public sealed record ParallelStep : StepSpec
{
    /// <summary>Requests, each perhaps with its own condition; nothing else.</summary>
    public required IReadOnlyList<StepSpec> Steps { get; init; }
}

/// <summary>Runs the steps of a flow in this place.</summary>
public sealed record CallStep : StepSpec
{
    /// <summary>The flow's name. Flows cannot call themselves, directly or through others.</summary>
    public required string Flow { get; init; }
}

/// <summary>Ends something with a reason: the iteration (<c>fail</c>) or the whole run (<c>abort</c>).</summary>
public sealed record StopStep : StepSpec
{
    /// <summary>Template; said in the log, and by the verdict when it ends the run.</summary>
    public required string Reason { get; init; }

    /// <summary>
    /// True = the run: iterations are interrupted at once, teardown still runs, the verdict is Aborted (k6's <c>test.abort()</c>, exit code 108). False = the
    /// iteration, which counts as one with an error (k6's <c>fail()</c>).
    /// </summary>
    public bool EndsRun { get; init; }
}

/// <summary>Says something in the runner's log, the first few times only.</summary>
public sealed record LogStep : StepSpec
{
    /// <summary>Template.</summary>
    public required string Message { get; init; }
}
