using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec.Parsing;

/// <summary>Reads <c>ready</c>.</summary>
internal static class ReadyReader
{
    public static ReadySpec Read(SpecNode node, string path, ICollection<Problem> problems)
    {
        var standard = new ReadySpec();
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return standard;
        }

        var ready = new ReadySpec
        {
            Timeout = reader.Duration("timeout") ?? standard.Timeout,
            Http = reader.List("http", ReadRequest),
            Rollouts = reader.List("rollouts", ReadWorkload),
        };
        reader.Close();
        return ready;
    }

    private static ReadyRequest ReadRequest(SpecNode node, string path, ICollection<Problem> problems)
    {
        var nothing = new ReadyRequest { Url = "/" };
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return nothing;
        }

        var request = new ReadyRequest
        {
            Url = reader.RequiredString("url") ?? nothing.Url,
            Expect = StatusesReader.ReadExpect(reader),
            Interval = reader.Duration("interval") ?? nothing.Interval,
        };
        reader.Close();
        return request;
    }

    private static ReadyWorkload ReadWorkload(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return new ReadyWorkload { Kind = "Deployment", Name = "unnamed" };
        }

        var workload = new ReadyWorkload { Kind = reader.RequiredString("kind") ?? "Deployment", Name = reader.RequiredString("name") ?? "unnamed" };
        reader.Close();
        return workload;
    }
}
