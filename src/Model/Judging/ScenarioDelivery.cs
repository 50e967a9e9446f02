namespace LoadTesting.Model.Judging;

/// <summary>A scenario's plan, what was delivered of it, and what became of its requests, over all runners.</summary>
/// <param name="Name">The scenario's key.</param>
/// <param name="Planned">
/// Planned iterations: arrivals of an open model, iterations of an iteration-count executor; null where only VUs and time are planned.
/// </param>
/// <param name="Started">Iterations begun.</param>
/// <param name="Completed">Iterations finished; the rest of the started ones was interrupted.</param>
/// <param name="Dropped">Planned iterations that were due and could not be begun (k6's dropped_iterations).</param>
/// <param name="Interrupted">Iterations begun and cut off.</param>
public sealed record ScenarioDelivery(string Name, long? Planned, long Started, long Completed, long Dropped, long Interrupted)
{
    /// <summary>Planned iterations that were never due, because the run was stopped or a runner lost: planned − started − dropped. 0 without a plan.</summary>
    public long Abandoned => Planned is { } planned ? Math.Max(0, planned - Started - Dropped) : 0;

    /// <summary>VU time that a closed model with a length planned; null where iterations are planned.</summary>
    public Spec.Duration? PlannedVuTime { get; init; }

    /// <summary>VU time that was delivered of it.</summary>
    public Spec.Duration VuTime { get; init; }

    /// <summary>What the start of a VU may take without being missed: half a second for each, because a VU cannot work before it is there.</summary>
    public Spec.Duration VuTimeSlack { get; init; }

    /// <summary>Whether a flow of it has a request step, whatever conditions it stands under.</summary>
    public bool HasRequests { get; init; }

    /// <summary>Requests that were answered completely, whatever the status.</summary>
    public long Answered { get; init; }

    /// <summary>Requests that went to the target and got no complete answer.</summary>
    public long Unanswered { get; init; }

    /// <summary>Requests that were to be sent and never left the generator.</summary>
    public long Unsent { get; init; }

    /// <summary>Requests that were under way when their iteration was cut off.</summary>
    public long CutOff { get; init; }

    /// <summary>Completed iterations that an error of the test itself ended; a share of them was not delivered.</summary>
    public long TestErrors { get; init; }

    /// <summary>Why requests were not answered, most frequent first.</summary>
    public IReadOnlyList<FailureCause> UnansweredBecause { get; init; } = [];

    /// <summary>Why requests were not sent, most frequent first.</summary>
    public IReadOnlyList<FailureCause> UnsentBecause { get; init; } = [];

    /// <summary>The test's own errors with their places, most frequent first.</summary>
    public IReadOnlyList<FailureCause> Errors { get; init; } = [];

    /// <summary>Requests that went to the target.</summary>
    public long Sent => Answered + Unanswered;

    /// <summary>
    /// Delivered ÷ planned, 0…1: of iterations begun that no error of the test itself ended, or of VU time less their share; null without a plan and without
    /// such errors.
    /// </summary>
    public double? Ratio => Planned switch
    {
        0 => 1,
        { } planned => Math.Clamp((double)(Started - TestErrors) / planned, 0, 1),
        null => RatioWithErrors is { } begun ? begun * (1 - ErrorShare) : TestErrors > 0 ? 1 - ErrorShare : null,
    };

    /// <summary>The same with iterations that an error of the test ended.</summary>
    public double? RatioWithErrors => Planned switch
    {
        null when PlannedVuTime is { Nanoseconds: > 0 } time => Math.Min(1, (double)(VuTime + VuTimeSlack).Nanoseconds / time.Nanoseconds),
        null => null,
        0 => 1,
        { } planned => Math.Min(1, (double)Started / planned),
    };

    /// <summary>Share of the completed iterations that an error of the test itself ended, 0…1.</summary>
    public double ErrorShare => Completed == 0 ? 0 : Math.Min(1, (double)TestErrors / Completed);
}

/// <summary>Why something failed, and how often.</summary>
/// <param name="Text">E.g. <c>dial: connection refused</c>, or a field path with an error.</param>
/// <param name="Count">How often.</param>
/// <param name="Code">k6's error code; empty where there is none.</param>
public sealed record FailureCause(string Text, long Count, string Code = "")
{
    private const int MostNamed = 3;

    /// <summary>Whether only time ran out: a generator that stands still makes such failures itself.</summary>
    public bool IsTimeout => Code is "1050" or "1211";

    /// <summary>E.g. <c>dial: connection refused 2293×, request timeout 12×</c>.</summary>
    public static string Describe(IReadOnlyList<FailureCause> causes) =>
        string.Join(", ", causes.Take(MostNamed).Select(c => $"{c.Text} {Reporting.HumanFormat.Count(c.Count)}×")) + (causes.Count > MostNamed ? $" and {causes.Count - MostNamed} more" : string.Empty);
}
