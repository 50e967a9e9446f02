namespace LoadTesting.Model.Spec;

/// <summary><c>ready</c> back to nodes.</summary>
internal static class ReadyNodes
{
    public static SpecMap? Of(ReadySpec? ready)
    {
        if (ready is null)
        {
            return null;
        }

        var standard = new ReadyRequest { Url = "" };
        return new NodeBuilder()
            .Add("timeout", ready.Timeout, new ReadySpec().Timeout)
            .Add("http", ready.Http, r => new NodeBuilder().Add("url", r.Url).Add("expect", ManifestNodes.Expect(r.Expect)).Add("interval", r.Interval, standard.Interval).Build())
            .Add("rollouts", ready.Rollouts, w => new NodeBuilder().Add("kind", w.Kind).Add("name", w.Name).Build())
            .Build();
    }
}
