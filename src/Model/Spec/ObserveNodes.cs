namespace LoadTesting.Model.Spec;

/// <summary><c>observe</c> back to nodes; defaults are left out.</summary>
internal static class ObserveNodes
{
    public static SpecMap? Of(ObserveSpec? observe) => observe is null ? null : new NodeBuilder()
        .Add("pods", observe.Pods is { } pods ? new NodeBuilder().Add("selector", Selector(pods.Selector)).Add("namespace", pods.Namespace).Build() : null)
        .Add("prometheus", observe.Prometheus, Query)
        .Build();

    private static SpecMap Selector(PodSelector selector) => new NodeBuilder()
        .Add("matchLabels", selector.MatchLabels)
        .Add("matchExpressions", selector.MatchExpressions, e => new NodeBuilder().Add("key", e.Key).Add("operator", e.Operator).Add("values", e.Values, NodeBuilder.Scalar).Build())
        .Build();

    private static SpecMap Query(ObservedQuery query) => new NodeBuilder()
        .Add("name", query.Name)
        .Add("url", query.Url)
        .Add("query", query.Query)
        .Add("interval", query.Interval, Duration.FromSeconds(5))
        .Add("unit", query.Unit == default ? null : query.Unit.ToString().ToLowerInvariant())
        .Add("auth", StepNodes.Auth(query.Auth))
        .Build();
}
