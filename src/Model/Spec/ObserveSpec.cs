namespace LoadTesting.Model.Spec;

/// <summary>What is looked at of the target itself while load is sent; what is seen are samples that thresholds can be held to.</summary>
public sealed record ObserveSpec
{
    /// <summary>Pods whose restarts, OOM kills, deletions and readiness are metrics (<c>target_…</c>). In a cluster only, and only where the operator may; null = none.</summary>
    public ObservedPods? Pods { get; init; }

    /// <summary>Questions to Prometheus servers, each a trend of the test's own: one sample per interval, asked by a runner. At most 20.</summary>
    public IReadOnlyList<ObservedQuery> Prometheus { get; init; } = [];
}

/// <summary>The target's Pods: those of one namespace whose labels a selector accepts.</summary>
public sealed record ObservedPods
{
    /// <summary>As of a Deployment; at least one condition.</summary>
    public required PodSelector Selector { get; init; }

    /// <summary>Their namespace; null = the test's own. Others only where the operator was told so.</summary>
    public string? Namespace { get; init; }
}

/// <summary>A label selector: all conditions must hold.</summary>
public sealed record PodSelector
{
    /// <summary>Labels that a Pod must have with these values.</summary>
    public OrderedMap<string> MatchLabels { get; init; } = OrderedMap<string>.Empty;

    /// <summary>Further conditions.</summary>
    public IReadOnlyList<LabelCondition> MatchExpressions { get; init; } = [];

    /// <summary>The selector as the API server's <c>labelSelector</c> parameter reads it, e.g. <c>app=shop,tier in (a,b)</c>.</summary>
    public override string ToString() => string.Join(',', MatchLabels.Select(l => $"{l.Key}={l.Value}").Concat(MatchExpressions.Select(e => e.ToString())));
}

/// <summary>A condition on one label.</summary>
public sealed record LabelCondition
{
    /// <summary>The label.</summary>
    public required string Key { get; init; }

    /// <summary><c>In</c>, <c>NotIn</c>, <c>Exists</c> or <c>DoesNotExist</c>.</summary>
    public required string Operator { get; init; }

    /// <summary>For In and NotIn.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>In the notation of <see cref="PodSelector.ToString"/>.</summary>
    public override string ToString() => Operator switch
    {
        "In" => $"{Key} in ({string.Join(',', Values)})",
        "NotIn" => $"{Key} notin ({string.Join(',', Values)})",
        "DoesNotExist" => $"!{Key}",
        _ => Key,
    };
}

/// <summary>One number that a Prometheus server knows, looked at over the run: at T0 and then once per interval, each time as it was at that instant.</summary>
public sealed record ObservedQuery
{
    /// <summary>Name of the metric that thresholds use: a trend of the test's own.</summary>
    public required string Name { get; init; }

    /// <summary>Base URL of the server, a template; <c>/api/v1/query_range</c> is put behind it. No redirects are followed.</summary>
    public required string Url { get; init; }

    /// <summary>PromQL with a single series as its answer, a template.</summary>
    public required string Query { get; init; }

    /// <summary>From sample to sample, 1 s to 5 min. Default 5 s.</summary>
    public Duration Interval { get; init; } = Duration.FromSeconds(5);

    /// <summary>What the number is. Default a plain one.</summary>
    public ObservedUnit Unit { get; init; }

    /// <summary>Credentials, as of a request; secrets come from <c>env</c>. Null = none.</summary>
    public AuthSpec? Auth { get; init; }
}

/// <summary>Units of what Prometheus answers: its base units.</summary>
public enum ObservedUnit
{
    /// <summary>A plain number.</summary>
    None,

    /// <summary>A time in seconds: limits may be durations.</summary>
    Seconds,

    /// <summary>An amount in bytes: limits may be sizes, such as 50MB.</summary>
    Bytes,
}
