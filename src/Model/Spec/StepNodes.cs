namespace LoadTesting.Model.Spec;

/// <summary>Steps back to nodes.</summary>
internal static class StepNodes
{
    public static SpecMap Of(StepSpec step)
    {
        var builder = new NodeBuilder();
        switch (step)
        {
            case RequestStep request:
                builder.Add("request", Request(request));
                break;
            case SleepStep sleep:
                builder.Add("sleep", sleep.Min == sleep.Max
                    ? NodeBuilder.Scalar(sleep.Min)
                    : new NodeBuilder().Add("min", NodeBuilder.Scalar(sleep.Min)).Add("max", NodeBuilder.Scalar(sleep.Max)).Build());
                break;
            case SetStep set:
                builder.Add("set", NodeBuilder.Map(set.Values, NodeBuilder.Scalar));
                break;
            case CheckStep check:
                builder.Add("check", NodeBuilder.Map(check.Checks, NodeBuilder.Scalar));
                break;
        }

        return builder.Add("when", step.When).Build();
    }

    private static SpecMap Request(RequestStep request) => new NodeBuilder()
        .Add("name", request.Name)
        .Add("method", request.Method == "GET" ? null : request.Method)
        .Add("url", request.Url)
        .Add("query", request.Query)
        .Add("headers", request.Headers)
        .Add("body", request.Body)
        .Add("json", request.Json)
        .Add("form", request.Form is null ? null : NodeBuilder.Map(request.Form, NodeBuilder.Scalar))
        .Add("timeout", request.Timeout is { } timeout ? NodeBuilder.Scalar(timeout) : null)
        .Add("redirects", request.Redirects is { } redirects ? NodeBuilder.Scalar(redirects) : null)
        .Add("expect", ManifestNodes.Expect(request.Expect))
        .Add("checks", request.Checks)
        .Add("extract", request.Extract)
        .Add("record", request.Record, Record)
        .Add("tags", request.Tags)
        .Build();

    private static SpecMap Record(RecordSpec record) => new NodeBuilder()
        .Add(record.Type.ToString().ToLowerInvariant(), record.Metric)
        .Add("value", record.Value)
        .Add("when", record.When)
        .Add("isTime", record.IsTime, false)
        .Add("tags", record.Tags)
        .Build();
}
