namespace LoadTesting.Model.Spec;

/// <summary>One <c>LoadTest</c> document: its name and what it asks for.</summary>
public sealed record LoadTestManifest
{
    /// <summary><c>metadata.name</c>: a DNS-1123 label.</summary>
    public required string Name { get; init; }

    /// <summary><c>metadata.namespace</c>; null where the context decides.</summary>
    public string? Namespace { get; init; }

    /// <summary><c>metadata.annotations</c>.</summary>
    public OrderedMap<string> Annotations { get; init; } = OrderedMap<string>.Empty;

    /// <summary><c>metadata.labels</c>.</summary>
    public OrderedMap<string> Labels { get; init; } = OrderedMap<string>.Empty;

    /// <summary>The definition.</summary>
    public required LoadTestSpec Spec { get; init; }
}

/// <summary>What a load test is, as written. Maps keep the order of the source.</summary>
public sealed record LoadTestSpec
{
    /// <summary>Base URL (http or https) that relative request URLs are joined to; null when every request is absolute.</summary>
    public string? Target { get; init; }

    /// <summary>Environment of the test, visible to expressions as <c>env.NAME</c>.</summary>
    public IReadOnlyList<EnvVarSpec> Env { get; init; } = [];

    /// <summary>Free-form values, visible to expressions as <c>vars.name</c>; overridable per run.</summary>
    public OrderedMap<SpecNode> Variables { get; init; } = OrderedMap<SpecNode>.Empty;

    /// <summary>Feeders: rows of data that iterations read as <c>data.NAME</c>.</summary>
    public IReadOnlyList<FeederSpec> Data { get; init; } = [];

    /// <summary>Defaults of all requests.</summary>
    public HttpSpec Http { get; init; } = new();

    /// <summary>Names and addresses.</summary>
    public NetworkSpec Network { get; init; } = new();

    /// <summary>What to wait for before setup; null = nothing.</summary>
    public ReadySpec? Ready { get; init; }

    /// <summary>What is looked at of the target itself; null = nothing.</summary>
    public ObserveSpec? Observe { get; init; }

    /// <summary>Steps run once per run before the load.</summary>
    public IReadOnlyList<StepSpec> Setup { get; init; } = [];

    /// <summary>Steps run once per run after the load, also after an abort.</summary>
    public IReadOnlyList<StepSpec> Teardown { get; init; } = [];

    /// <summary>Steps run once per run after the load; a failed check or unexpected status fails the run.</summary>
    public IReadOnlyList<StepSpec> Verify { get; init; } = [];

    /// <summary>Named step lists.</summary>
    public OrderedMap<IReadOnlyList<StepSpec>> Flows { get; init; } = OrderedMap<IReadOnlyList<StepSpec>>.Empty;

    /// <summary>Named executor configurations; at least one.</summary>
    public OrderedMap<ScenarioSpec> Scenarios { get; init; } = OrderedMap<ScenarioSpec>.Empty;

    /// <summary>Thresholds by metric key (<c>name</c> or <c>name{tag:value,…}</c>).</summary>
    public OrderedMap<IReadOnlyList<ThresholdSpec>> Thresholds { get; init; } = OrderedMap<IReadOnlyList<ThresholdSpec>>.Empty;

    /// <summary>What a run must have been like for its numbers to be believed; else its verdict is Invalid.</summary>
    public ValiditySpec Validity { get; init; } = new();

    /// <summary>The first part of the load, which <c>steady</c> windows and <c>drift</c> leave out, ≥ 0. Default 0: none.</summary>
    public Duration WarmUp { get; init; }

    /// <summary>The run that thresholds with <c>baseline</c> are compared with; null = none.</summary>
    public BaselineSpec? Baseline { get; init; }

    /// <summary>Tags put on every sample (k6's <c>options.tags</c>).</summary>
    public OrderedMap<string> Tags { get; init; } = OrderedMap<string>.Empty;

    /// <summary>
    /// Pacing of closed and open models: a virtual user that is done with an iteration earlier waits for the rest of this time before its next one. The wait is not in
    /// <c>iteration_duration</c>. Default 0. A scenario's own value wins.
    /// </summary>
    public Duration MinIterationDuration { get; init; }

    /// <summary>
    /// Partial specs by name (smoke, load, stress…), of which a run lays at most one over the spec: mappings merge, lists and scalars replace, null removes. Besides the
    /// fields of a spec a profile may have <c>extends</c>, the name of one to be laid over first. Empty in a spec that a run takes as the whole.
    /// </summary>
    public OrderedMap<SpecNode> Profiles { get; init; } = OrderedMap<SpecNode>.Empty;

    /// <summary>The profile that runs take unless they say another one; null = none.</summary>
    public string? Profile { get; init; }

    /// <summary>How many runners share the load, and what their Pods look like.</summary>
    public RunnersSpec Runners { get; init; } = new();

    /// <summary>How long a run may wait for what. In a cluster only.</summary>
    public DeadlinesSpec Deadlines { get; init; } = new();

    /// <summary>How many finished runs are kept. In a cluster only.</summary>
    public HistorySpec History { get; init; } = new();

    /// <summary>No run begins while it is true; one that has begun goes on. In a cluster only. Default false.</summary>
    public bool Suspend { get; init; }

    /// <summary>What becomes of a run that goes on when the spec changes. In a cluster only. Default <see cref="ChangePolicy.Queue"/>.</summary>
    public ChangePolicy OnChange { get; init; }
}

/// <summary>What becomes of a run when the spec that it runs is changed.</summary>
public enum ChangePolicy
{
    /// <summary>It goes on; the run of the new spec begins when it has ended.</summary>
    Queue,

    /// <summary>It is stopped, its verdict is Aborted, and the run of the new spec begins when it is wound up.</summary>
    Replace,
}

/// <summary>One environment variable, as in a Pod.</summary>
public sealed record EnvVarSpec
{
    /// <summary>A C identifier.</summary>
    public required string Name { get; init; }

    /// <summary>The literal value; null when <see cref="SecretKeyRef"/> or <see cref="ConfigMapKeyRef"/> names it.</summary>
    public string? Value { get; init; }

    /// <summary><c>valueFrom.secretKeyRef</c>. At the desk the process' environment variable of the same name stands in.</summary>
    public KeyRef? SecretKeyRef { get; init; }

    /// <summary><c>valueFrom.configMapKeyRef</c>.</summary>
    public KeyRef? ConfigMapKeyRef { get; init; }

    /// <summary>Whether the value must not be shown: it comes from a Secret, or was given in place of one that does.</summary>
    public bool IsSecret
    {
        get => field || SecretKeyRef is not null;
        init;
    }
}

/// <summary>A key of a named object.</summary>
public sealed record KeyRef(string Name, string Key, bool Optional = false);

/// <summary>A threshold as written: k6's string form, or its object form.</summary>
/// <param name="Expression">E.g. <c>p(95)&lt;500</c>; may end in <c>abort [after D]</c>.</param>
/// <param name="AbortOnFail">The object form's <c>abortOnFail</c>.</param>
/// <param name="DelayAbortEval">The object form's <c>delayAbortEval</c>.</param>
public sealed record ThresholdSpec(string Expression, bool AbortOnFail = false, Duration? DelayAbortEval = null);
