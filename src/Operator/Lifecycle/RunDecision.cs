using LoadTesting.Model.Judging;
using LoadTesting.Operator.Api;

namespace LoadTesting.Operator.Lifecycle;

/// <summary>The next step. Phase, T0 and outcome are written to the status first, then the intents are carried out in order.</summary>
/// <param name="Phase">The phase from now on.</param>
/// <param name="Reason">One of <see cref="Reasons"/> once an outcome is settled, else what is waited for, in CamelCase.</param>
/// <param name="Message">One sentence for people.</param>
public sealed record RunDecision(RunPhase Phase, string Reason, string Message)
{
    /// <summary>T0; null before it is agreed.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>What is settled so far; the verdict once <see cref="Phase"/> is Finished.</summary>
    public VerdictDecision? Outcome { get; init; }

    /// <summary>Indices of lost runners that get a replacement; written to the status before anything is made.</summary>
    public IReadOnlyList<int> Replaced { get; init; } = [];

    /// <summary>From when on replacements that are ready send load; written to the status before it is posted.</summary>
    public IReadOnlyList<Resumption> Resumed { get; init; } = [];

    /// <summary>What to do, in order.</summary>
    public IReadOnlyList<RunIntent> Intents { get; init; } = [];

    /// <summary>When to look again if nothing happens before; null: only when something changes.</summary>
    public DateTimeOffset? LookAgain { get; init; }
}

/// <summary>A replacement takes over.</summary>
/// <param name="Index">0-based.</param>
/// <param name="At">From when on, on our clock.</param>
public sealed record Resumption(int Index, DateTimeOffset At);
