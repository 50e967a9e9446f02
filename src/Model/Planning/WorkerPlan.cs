using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Planning;

/// <summary>
/// What one runner does, computed alone from (spec, index, count). The union over all indices equals the plan of a single runner.
/// </summary>
public sealed record WorkerPlan
{
    /// <summary>0-based runner index.</summary>
    public required int Index { get; init; }

    /// <summary>Runner count, ≥ 1.</summary>
    public required int Count { get; init; }

    /// <summary>The scenarios in which this runner has work, ordered by start time, then name.</summary>
    public required IReadOnlyList<ScenarioPlan> Scenarios { get; init; }

    /// <summary>From when on this runner works, since T0: later than 0 where it replaces a lost one (<see cref="ResumedPlan"/>). Default 0.</summary>
    public Duration ResumeAt { get; init; }

    /// <summary>Latest instant at which anything of the plan can still run (end of the last graceful stop), from T0.</summary>
    public required Duration MaxDuration { get; init; }
}

/// <summary>One runner's share of a scenario. Offsets are from the scenario's own start.</summary>
public abstract record ScenarioPlan
{
    private protected ScenarioPlan()
    {
    }

    /// <summary>The scenario's key in the manifest.</summary>
    public required string Name { get; init; }

    /// <summary>The spec the share was computed from.</summary>
    public required ScenarioSpec Spec { get; init; }

    /// <summary>New iterations may start within [0, RegularDuration).</summary>
    public required Duration RegularDuration { get; init; }

    /// <summary>What is due before this, from the scenario's start, is not done by this runner: another one did it, or was lost with it. Default 0.</summary>
    public Duration ResumeAt { get; init; }

    /// <summary>
    /// 0-based number, within this share, of the first iteration of VUs that loop. A replacement cannot know how far its predecessor came; it begins with a number that nobody can
    /// have reached by then, at ten million iterations a second since the scenario's start, so that no number is given twice.
    /// </summary>
    public long FirstLooped => ResumeAt.Nanoseconds / 100;

    /// <summary>When the last graceful stop is over and nothing of this share can run any more.</summary>
    public required Duration EndOffset { get; init; }

    /// <summary>Most VUs of this runner at one time.</summary>
    public required int MaxVUs { get; init; }

    /// <summary>Maps this runner's k-th VU (0-based) to its 1-based number in the whole test (k6-semantics 2.6).</summary>
    public required StripedIndex VuIds { get; init; }
}

/// <summary>Share of a shared-iterations scenario.</summary>
public sealed record SharedIterationsPlan : ScenarioPlan
{
    /// <summary>This runner's iterations.</summary>
    public required long Iterations { get; init; }

    /// <summary>Maps this runner's k-th iteration (0-based) to its 0-based number in the whole test.</summary>
    public required StripedIndex IterationIds { get; init; }
}

/// <summary>Share of a per-vu-iterations scenario.</summary>
public sealed record PerVuIterationsPlan : ScenarioPlan
{
    /// <summary>Iterations of each VU; not scaled.</summary>
    public required long IterationsPerVu { get; init; }

    /// <summary>VUs of all runners.</summary>
    public required long TotalVUs { get; init; }

    /// <summary>
    /// The 0-based number in the whole test of an iteration: all VUs' first ones come first, in the order of the VUs, then their second ones. So the numbers of any
    /// number of runners together are those of one.
    /// </summary>
    /// <param name="vu">0-based number of the VU within this share.</param>
    /// <param name="own">0-based number of the iteration within the VU.</param>
    public long IterationId(int vu, long own) => (own * TotalVUs) + VuIds.GlobalIndex(vu);
}

/// <summary>Share of a constant-vus scenario.</summary>
public sealed record ConstantVusPlan : ScenarioPlan;

/// <summary>Share of a ramping-vus scenario.</summary>
public sealed record RampingVusPlan : ScenarioPlan
{
    /// <summary>Scheduled VU counts of this runner, ascending in time, with the closing zero.</summary>
    public required IReadOnlyList<VuStep> Steps { get; init; }

    /// <summary>VU counts with the graceful ramp-down: a VU beyond it is stopped hard.</summary>
    public required IReadOnlyList<VuStep> ReservedSteps { get; init; }

    /// <summary>The same two lists seen from each VU: by local number (0-based), the spans in which it runs, ascending in time.</summary>
    public IReadOnlyList<IReadOnlyList<VuSpan>> VuSpans() => RampingVusSteps.Spans(Steps, ReservedSteps, MaxVUs);
}

/// <summary>Share of a constant- or ramping-arrival-rate scenario.</summary>
public sealed record ArrivalRatePlan : ScenarioPlan
{
    /// <summary>VUs made before the start.</summary>
    public required int PreAllocatedVUs { get; init; }

    /// <summary>This runner's arrivals.</summary>
    public required ArrivalSchedule Arrivals { get; init; }
}

/// <summary>From <see cref="Offset"/> on, <see cref="Vus"/> VUs.</summary>
public readonly record struct VuStep(Duration Offset, int Vus);
