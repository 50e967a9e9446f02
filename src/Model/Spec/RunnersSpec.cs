namespace LoadTesting.Model.Spec;

/// <summary>
/// How many runners share the load, and, in a cluster, what their Pods look like. The Pod fields are Kubernetes' own, taken over as they are
/// (their schema belongs to the API server's version); at the desk they mean nothing.
/// </summary>
public sealed record RunnersSpec
{
    /// <summary>Most runners of a test: more than that no plan is tested for.</summary>
    public const int MostReplicas = 500;

    /// <summary>Runner count, 1…500. Default 1.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>What a lost runner does to the run. Default <see cref="LossPolicy.Fail"/>.</summary>
    public LossPolicy OnLoss { get; init; } = LossPolicy.Fail;

    /// <summary>The runner image; null = the operator's default.</summary>
    public string? Image { get; init; }

    /// <summary>A container's <c>resources</c>.</summary>
    public SpecNode? Resources { get; init; }

    /// <summary>A Pod's <c>nodeSelector</c>.</summary>
    public OrderedMap<string> NodeSelector { get; init; } = OrderedMap<string>.Empty;

    /// <summary>A Pod's <c>tolerations</c>.</summary>
    public SpecNode? Tolerations { get; init; }

    /// <summary>A Pod's <c>affinity</c>; replaces the operator's own spreading.</summary>
    public SpecNode? Affinity { get; init; }

    /// <summary>Labels added to the Pods.</summary>
    public OrderedMap<string> Labels { get; init; } = OrderedMap<string>.Empty;

    /// <summary>Annotations added to the Pods.</summary>
    public OrderedMap<string> Annotations { get; init; } = OrderedMap<string>.Empty;

    /// <summary>A Pod's <c>imagePullSecrets</c>.</summary>
    public SpecNode? ImagePullSecrets { get; init; }

    /// <summary>A container's <c>env</c>, for the runner itself; a test's own variables stand in <see cref="LoadTestSpec.Env"/>.</summary>
    public SpecNode? Env { get; init; }

    /// <summary>A Pod's <c>volumes</c>.</summary>
    public SpecNode? Volumes { get; init; }

    /// <summary>A container's <c>volumeMounts</c>.</summary>
    public SpecNode? VolumeMounts { get; init; }

    /// <summary>A Pod's <c>priorityClassName</c>.</summary>
    public string? PriorityClassName { get; init; }
}

/// <summary>What a lost runner does to the run.</summary>
public enum LossPolicy
{
    /// <summary>The run is Invalid and the load is stopped.</summary>
    Fail,

    /// <summary>The others go on; coverage is stated.</summary>
    Continue,

    /// <summary>A new runner takes the same share from the present instant.</summary>
    Replace,
}

/// <summary>How many finished runs are kept.</summary>
public sealed record HistorySpec
{
    /// <summary>Passed runs kept, ≥ 0. Default 3.</summary>
    public int Passed { get; init; } = 3;

    /// <summary>Other runs kept, ≥ 0. Default 10.</summary>
    public int Failed { get; init; } = 10;
}
