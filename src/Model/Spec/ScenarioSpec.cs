namespace LoadTesting.Model.Spec;

/// <summary>A scenario: one of k6's six executors with its fields (k6-compatible names, defaults and rules).</summary>
public abstract record ScenarioSpec
{
    private protected ScenarioSpec()
    {
    }

    /// <summary>The executor's name as k6 writes it, e.g. <c>ramping-vus</c>.</summary>
    public abstract string Executor { get; }

    /// <summary>Offset from the start of the load. Default 0.</summary>
    public Duration StartTime { get; init; }

    /// <summary>How long iterations in flight may go on after the regular end. Default 30 s.</summary>
    public Duration GracefulStop { get; init; } = Duration.FromSeconds(30);

    /// <summary>The flow each iteration runs; null when <see cref="Mix"/> is given or when there is just one flow.</summary>
    public string? Exec { get; init; }

    /// <summary>Flows chosen by weight for each iteration; empty when <see cref="Exec"/> is given.</summary>
    public IReadOnlyList<MixEntry> Mix { get; init; } = [];

    /// <summary>Pacing: overrides <see cref="LoadTestSpec.MinIterationDuration"/> for this scenario. Null = the test's.</summary>
    public Duration? MinIterationDuration { get; init; }

    /// <summary>Overlays the test's env for this scenario.</summary>
    public OrderedMap<string> Env { get; init; } = OrderedMap<string>.Empty;

    /// <summary>Tags on every sample of the scenario.</summary>
    public OrderedMap<string> Tags { get; init; } = OrderedMap<string>.Empty;
}

/// <summary>A weighted flow. Weights are relative and need not sum to 100.</summary>
public sealed record MixEntry(string Flow, double Weight);

/// <summary>A piece of a ramp: go to <see cref="Target"/> within <see cref="Duration"/>; 0 = jump.</summary>
public sealed record Stage(Duration Duration, long Target);

/// <summary>A fixed number of iterations shared by all VUs.</summary>
public sealed record SharedIterationsScenario : ScenarioSpec
{
    /// <inheritdoc/>
    public override string Executor => "shared-iterations";

    /// <summary>VUs, &gt; 0. Default 1.</summary>
    public long Vus { get; init; } = 1;

    /// <summary>Iterations in all, ≥ VUs. Default 1.</summary>
    public long Iterations { get; init; } = 1;

    /// <summary>No iteration starts after it; ≥ 1 s. Default 10 min.</summary>
    public Duration MaxDuration { get; init; } = Duration.FromSeconds(600);
}

/// <summary>A fixed number of iterations for each VU.</summary>
public sealed record PerVuIterationsScenario : ScenarioSpec
{
    /// <inheritdoc/>
    public override string Executor => "per-vu-iterations";

    /// <summary>VUs, &gt; 0. Default 1.</summary>
    public long Vus { get; init; } = 1;

    /// <summary>Iterations of each VU, &gt; 0. Default 1.</summary>
    public long Iterations { get; init; } = 1;

    /// <summary>No iteration starts after it; ≥ 1 s. Default 10 min.</summary>
    public Duration MaxDuration { get; init; } = Duration.FromSeconds(600);
}

/// <summary>A fixed number of VUs looping for a time.</summary>
public sealed record ConstantVusScenario : ScenarioSpec
{
    /// <inheritdoc/>
    public override string Executor => "constant-vus";

    /// <summary>VUs, &gt; 0. Default 1.</summary>
    public long Vus { get; init; } = 1;

    /// <summary>≥ 1 s.</summary>
    public required Duration Duration { get; init; }
}

/// <summary>A number of VUs that follows a line through the stages.</summary>
public sealed record RampingVusScenario : ScenarioSpec
{
    /// <inheritdoc/>
    public override string Executor => "ramping-vus";

    /// <summary>VUs at the start, ≥ 0. Default 1.</summary>
    public long StartVUs { get; init; } = 1;

    /// <summary>At least one.</summary>
    public required IReadOnlyList<Stage> Stages { get; init; }

    /// <summary>How long an iteration may go on after its VU was ramped down. Default 30 s.</summary>
    public Duration GracefulRampDown { get; init; } = Duration.FromSeconds(30);
}

/// <summary>Iterations started at a constant rate, whatever the responses do (open model).</summary>
public sealed record ConstantArrivalRateScenario : ScenarioSpec
{
    /// <inheritdoc/>
    public override string Executor => "constant-arrival-rate";

    /// <summary>Iterations per <see cref="TimeUnit"/>, &gt; 0.</summary>
    public required long Rate { get; init; }

    /// <summary>&gt; 0. Default 1 s.</summary>
    public Duration TimeUnit { get; init; } = Duration.FromSeconds(1);

    /// <summary>≥ 1 s.</summary>
    public required Duration Duration { get; init; }

    /// <summary>VUs made before the start, ≥ 0.</summary>
    public required long PreAllocatedVUs { get; init; }

    /// <summary>Most VUs, ≥ <see cref="PreAllocatedVUs"/>. Default the same.</summary>
    public required long MaxVUs { get; init; }
}

/// <summary>Iterations started at a rate that follows a line through the stages (open model).</summary>
public sealed record RampingArrivalRateScenario : ScenarioSpec
{
    /// <inheritdoc/>
    public override string Executor => "ramping-arrival-rate";

    /// <summary>Rate at the start, ≥ 0. Default 0.</summary>
    public long StartRate { get; init; }

    /// <summary>&gt; 0. Default 1 s.</summary>
    public Duration TimeUnit { get; init; } = Duration.FromSeconds(1);

    /// <summary>At least one; targets are iterations per <see cref="TimeUnit"/>.</summary>
    public required IReadOnlyList<Stage> Stages { get; init; }

    /// <summary>VUs made before the start, ≥ 0.</summary>
    public required long PreAllocatedVUs { get; init; }

    /// <summary>Most VUs, ≥ <see cref="PreAllocatedVUs"/>. Default the same.</summary>
    public required long MaxVUs { get; init; }
}
