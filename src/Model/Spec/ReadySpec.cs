namespace LoadTesting.Model.Spec;

/// <summary>What must be true of the target before setup and load: all of it, by one deadline. When it is not, the run is an Error (<c>TargetNotReady</c>).</summary>
public sealed record ReadySpec
{
    /// <summary>How long to wait for everything together, above 0. Default 2 min.</summary>
    public Duration Timeout { get; init; } = Duration.FromSeconds(120);

    /// <summary>Requests that must be answered as expected, each once.</summary>
    public IReadOnlyList<ReadyRequest> Http { get; init; } = [];

    /// <summary>Workloads of the test's namespace whose rollout must be complete. In a cluster only.</summary>
    public IReadOnlyList<ReadyWorkload> Rollouts { get; init; } = [];
}

/// <summary>A request that is repeated until it is answered as expected. It is no sample of any metric.</summary>
public sealed record ReadyRequest
{
    /// <summary>Template; absolute, or joined to the target. GET, with the headers and timeout of <c>http</c>, no redirects.</summary>
    public required string Url { get; init; }

    /// <summary>Statuses that will do (<c>expect.status</c>); null = 200–399.</summary>
    public ExpectedStatuses? Expect { get; init; }

    /// <summary>From one attempt's end to the next, ≥ 10 ms. Default 1 s.</summary>
    public Duration Interval { get; init; } = Duration.FromSeconds(1);
}

/// <summary>A workload of the test's namespace.</summary>
public sealed record ReadyWorkload
{
    /// <summary><c>Deployment</c>, <c>StatefulSet</c> or <c>DaemonSet</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }
}
