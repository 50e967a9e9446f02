using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec.Parsing;

/// <summary>Reads <c>request</c> and what it records.</summary>
internal static class RequestReader
{
    private static readonly string[] Policies = ["continue", "skipIteration", "failRun"];
    private static readonly string[] MetricTypes = ["counter", "gauge", "rate", "trend", "distinct"];

    /// <summary>Null, with a problem, when it is no mapping.</summary>
    public static RequestStep? Read(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return null;
        }

        var step = new RequestStep
        {
            Name = reader.String("name"),
            Method = reader.String("method") ?? "GET",
            Url = reader.RequiredString("url") ?? "",
            Query = reader.Strings("query"),
            Headers = reader.Strings("headers"),
            Cookies = reader.Strings("cookies"),
            Auth = reader.Object("auth") is { } auth ? ReadAuth(auth, knowsDigest: true) : null,
            Body = reader.String("body"),
            Json = reader.Node("json"),
            Form = reader.Has("form") ? reader.Strings("form") : null,
            Multipart = reader.Has("multipart") ? reader.List("multipart", ReadPart) : null,
            File = reader.String("file"),
            Compression = reader.String("compression"),
            Timeout = reader.Duration("timeout"),
            Redirects = reader.SmallInteger("redirects"),
            Expect = StatusesReader.ReadExpect(reader),
            Checks = reader.Strings("checks"),
            Extract = reader.Strings("extract"),
            OnMissing = ReadOnMissing(reader),
            Record = reader.List("record", ReadRecord),
            Tags = reader.Strings("tags"),
        };
        foreach (var name in new[] { "retry", "retries" })
        {
            reader.Refuse(name, "no request is sent again by itself: it would hide what the target did; write a repeat with while and atMost around it, in which every try is a sample");
        }

        reader.Close();
        return step;
    }

    /// <param name="reader">The mapping.</param>
    /// <param name="knowsDigest">Whether digest is an answer to a challenge that whoever sends can give.</param>
    internal static AuthSpec? ReadAuth(ObjectReader reader, bool knowsDigest = false)
    {
        if (new[] { reader.Has("basic"), reader.Has("bearer"), knowsDigest && reader.Has("digest") }.Count(has => has) != 1)
        {
            reader.Problems.Add(new Problem(reader.Path, "auth", $"auth is one of basic: {{username, password}}, {(knowsDigest ? "digest: {username, password}, " : "")}bearer: a token"));
        }

        var basic = reader.Object("basic");
        var auth = new AuthSpec { Username = basic?.RequiredString("username"), Password = basic?.RequiredString("password"), Bearer = reader.String("bearer") };
        basic?.Close();
        if (knowsDigest && reader.Object("digest") is { } digest)
        {
            auth = auth with { Digest = new DigestSpec(digest.RequiredString("username") ?? "", digest.RequiredString("password") ?? "") };
            digest.Close();
        }

        reader.Close("digest", "ntlm", "oauth2");
        return auth;
    }

    private static PartSpec ReadPart(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return new PartSpec { Name = "unreadable", Value = "" };
        }

        if (reader.Has("value") == reader.Has("file"))
        {
            problems.Add(new Problem(path, "multipart", "a part has either a value or a file"));
        }

        var part = new PartSpec
        {
            Name = reader.RequiredString("name") ?? "",
            Value = reader.String("value"),
            File = reader.String("file"),
            Filename = reader.String("filename"),
            ContentType = reader.String("contentType"),
        };
        reader.Close();
        return part;
    }

    private static MissingPolicy ReadOnMissing(ObjectReader reader)
    {
        var text = reader.String("onMissing");
        if (text is not null && !Policies.Contains(text, StringComparer.Ordinal))
        {
            reader.Problems.Add(new Problem(reader.PathOf("onMissing"), ProblemRules.Choice, $"onMissing is one of {string.Join(", ", Policies)}") { Value = text, Suggestion = Nearest.To(text, Policies) });
        }

        return text switch { "continue" => MissingPolicy.Continue, "failRun" => MissingPolicy.FailRun, _ => MissingPolicy.SkipIteration };
    }

    internal static RecordSpec ReadRecord(SpecNode node, string path, ICollection<Problem> problems)
    {
        var nothing = new RecordSpec { Metric = "_unreadable", Type = CustomMetricType.Counter };
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return nothing;
        }

        var given = MetricTypes.Where(reader.Has).ToArray();
        if (given.Length != 1)
        {
            problems.Add(new Problem(path, "record", "a record names its metric with exactly one of counter, gauge, rate, trend and distinct, as in {counter: orders}"));
        }

        var names = given.Select(g => reader.String(g)).ToArray();
        var record = new RecordSpec
        {
            Metric = names is [{ } name, ..] ? name : nothing.Metric,
            Type = given.Length == 0 ? nothing.Type : given[0] switch
            {
                "counter" => CustomMetricType.Counter,
                "gauge" => CustomMetricType.Gauge,
                "rate" => CustomMetricType.Rate,
                "distinct" => CustomMetricType.Distinct,
                _ => CustomMetricType.Trend,
            },
            Value = reader.String("value"),
            When = reader.String("when"),
            IsTime = reader.Boolean("isTime") ?? false,
            Tags = reader.Strings("tags"),
        };
        reader.Close();
        return record;
    }
}
