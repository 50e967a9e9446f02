namespace LoadTesting.Model.Spec;

/// <summary>
/// How long a run may wait, where the operator's own settings do not fit the test: each that is absent is the operator's (<c>loadtest-operator run
/// --help</c>). In a cluster only. All are &gt; 0 and at most 7 days.
/// </summary>
public sealed record DeadlinesSpec
{
    /// <summary>For other runs of the same test to end. The operator's default: 24h.</summary>
    public Duration? Queue { get; init; }

    /// <summary>
    /// For what keeps runners and jobs from starting to pass: a node that an autoscaler brings, an image, a quota, a missing Secret. The operator's default:
    /// 1m.
    /// </summary>
    public Duration? Obstacle { get; init; }

    /// <summary>
    /// From the first Pod until every runner is ready; not shorter than <see cref="Obstacle"/>. The operator's default: 5m, and longer by as much as
    /// <see cref="Obstacle"/> is.
    /// </summary>
    public Duration? Ready { get; init; }

    /// <summary>For <c>setup</c>, its jobs not counted. The operator's default: 5m.</summary>
    public Duration? Setup { get; init; }

    /// <summary>
    /// From the end of the load until the verdict, with <c>verify</c> and <c>teardown</c>, their jobs not counted. The operator's default: 5m.
    /// </summary>
    public Duration? Evaluate { get; init; }
}
