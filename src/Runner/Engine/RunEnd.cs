namespace LoadTesting.Runner.Engine;

/// <summary>What became of one worker's plan.</summary>
/// <param name="Scenarios">In the order of the plan.</param>
/// <param name="WasStopped">Whether somebody asked for an end before the plan's own.</param>
/// <param name="Duration">From the start to the end of the last iteration.</param>
/// <param name="AbortReason">Why a step of the test ended the run; null when none did.</param>
public sealed record RunEnd(IReadOnlyList<ScenarioEnd> Scenarios, bool WasStopped, TimeSpan Duration, string? AbortReason = null);

/// <summary>
/// What became of one scenario's share. Every planned iteration is in exactly one class: planned = started + dropped + abandoned, and
/// started = completed + interrupted.
/// </summary>
public sealed record ScenarioEnd
{
    /// <summary>The scenario's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its executor.</summary>
    public required string Executor { get; init; }

    /// <summary>Iterations the plan had; where the plan is a time and not a number, those that started.</summary>
    public required long Planned { get; init; }

    /// <summary>Iterations that began.</summary>
    public required long Started { get; init; }

    /// <summary>Iterations that ran to their end, also when a failing expression was their end.</summary>
    public required long Completed { get; init; }

    /// <summary>Iterations that were cut off by the end of the graceful stop or by a hard stop.</summary>
    public required long Interrupted { get; init; }

    /// <summary>Iterations for which there was no free VU or, in shared- and per-vu-iterations, no time.</summary>
    public required long Dropped { get; init; }

    /// <summary>Iterations that were not begun because somebody asked for an end before.</summary>
    public required long Abandoned { get; init; }
}
