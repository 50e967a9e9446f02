using System.Globalization;

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
                builder.Add("sleep", Sleep(sleep));
                break;
            case SetStep set:
                builder.Add("set", NodeBuilder.Map(set.Values, NodeBuilder.Scalar));
                break;
            case CheckStep check:
                builder.Add("check", NodeBuilder.Map(check.Checks, NodeBuilder.Scalar));
                break;
            case RecordStep record:
                builder.Add("record", NodeBuilder.List(record.Samples, Record));
                break;
            case GroupStep group:
                builder.Add("group", new NodeBuilder().Add("name", group.Name).Add("steps", NodeBuilder.List(group.Steps, Of)).Build());
                break;
            case RepeatStep repeat:
                builder.Add("repeat", Repeat(repeat));
                break;
            case OneOfStep choice:
                builder.Add("oneOf", NodeBuilder.List(
                    choice.Branches, b => new NodeBuilder().Add("weight", NodeBuilder.Scalar(b.Weight)).Add("steps", NodeBuilder.List(b.Steps, Of)).Build()));
                break;
            case ParallelStep parallel:
                builder.Add("parallel", NodeBuilder.List(parallel.Steps, Of));
                break;
            case CallStep call:
                builder.Add("call", call.Flow);
                break;
            case JobStep job:
                builder.Add("job", Job(job));
                break;
            case StopStep stop:
                builder.Add(stop.EndsRun ? "abort" : "fail", stop.Reason);
                break;
            case LogStep log:
                builder.Add("log", log.Message);
                break;
        }

        return builder.Add("when", step.When).Build();
    }

    private static SpecNode Sleep(SleepStep sleep)
    {
        var bounds = new NodeBuilder().Add("min", NodeBuilder.Scalar(sleep.Min)).Add("max", NodeBuilder.Scalar(sleep.Max));
        if (sleep.Normal is { } normal)
        {
            return new NodeBuilder()
                .Add("normal", bounds.Add("mean", NodeBuilder.Scalar(normal.Mean)).Add("deviation", NodeBuilder.Scalar(normal.Deviation)).Build())
                .Build();
        }

        if (sleep.ParetoShape is { } shape)
        {
            return new NodeBuilder().Add("pareto", bounds.Add("shape", NodeBuilder.Scalar(shape)).Build()).Build();
        }

        return sleep.Min == sleep.Max ? NodeBuilder.Scalar(sleep.Min) : bounds.Build();
    }

    private static SpecMap Repeat(RepeatStep repeat) => new NodeBuilder()
        // A number is written as one: it reads as the same expression.
        .Add("times", long.TryParse(repeat.Times, NumberStyles.None, CultureInfo.InvariantCulture, out var times) && NodeBuilder.Scalar(times).Text == repeat.Times
            ? NodeBuilder.Scalar(times)
            : repeat.Times is null ? null : NodeBuilder.Scalar(repeat.Times))
        .Add("while", repeat.While)
        .Add("each", repeat.Each)
        .Add("atMost", repeat.AtMost is { } most ? NodeBuilder.Scalar(most) : null)
        .Add("as", repeat.As)
        .Add("steps", NodeBuilder.List(repeat.Steps, Of))
        .Build();

    private static SpecMap Job(JobStep job) => new NodeBuilder()
        .Add("name", job.Name)
        .Add("image", job.Image)
        .Add("command", job.Command, NodeBuilder.Scalar)
        .Add("args", job.Args, NodeBuilder.Scalar)
        .Add("env", job.Env)
        .Add("timeout", NodeBuilder.Scalar(job.Timeout))
        .Add("exitCodes", job.ExitCodes, code => NodeBuilder.Scalar(code))
        .Add("runAsUser", job.RunAsUser is { } user ? NodeBuilder.Scalar(user) : null)
        .Add("resources", job.Resources)
        .Add("volumes", job.Volumes)
        .Add("volumeMounts", job.VolumeMounts)
        .Add("checks", job.Checks)
        .Add("extract", job.Extract)
        .Build();

    private static SpecMap Request(RequestStep request) => new NodeBuilder()
        .Add("name", request.Name)
        .Add("method", request.Method == "GET" ? null : request.Method)
        .Add("url", request.Url)
        .Add("query", request.Query)
        .Add("headers", request.Headers)
        .Add("cookies", request.Cookies)
        .Add("auth", Auth(request.Auth))
        .Add("body", request.Body)
        .Add("json", request.Json)
        .Add("form", request.Form is null ? null : NodeBuilder.Map(request.Form, NodeBuilder.Scalar))
        .Add("multipart", request.Multipart is null ? null : NodeBuilder.List(request.Multipart, Part))
        .Add("file", request.File)
        .Add("compression", request.Compression)
        .Add("timeout", request.Timeout is { } timeout ? NodeBuilder.Scalar(timeout) : null)
        .Add("redirects", request.Redirects is { } redirects ? NodeBuilder.Scalar(redirects) : null)
        .Add("expect", ManifestNodes.Expect(request.Expect))
        .Add("checks", request.Checks)
        .Add("extract", request.Extract)
        .Add("onMissing", request.OnMissing switch { MissingPolicy.Continue => "continue", MissingPolicy.FailRun => "failRun", _ => null })
        .Add("record", request.Record, Record)
        .Add("tags", request.Tags)
        .Build();

    internal static SpecMap? Auth(AuthSpec? auth) => auth is null ? null : new NodeBuilder()
        .Add("basic", auth.Username is null && auth.Password is null ? null : new NodeBuilder().Add("username", auth.Username).Add("password", auth.Password).Build())
        .Add("digest", auth.Digest is { } digest ? new NodeBuilder().Add("username", digest.Username).Add("password", digest.Password).Build() : null)
        .Add("bearer", auth.Bearer)
        .Build();

    private static SpecMap Part(PartSpec part) => new NodeBuilder()
        .Add("name", part.Name)
        .Add("value", part.Value)
        .Add("file", part.File)
        .Add("filename", part.Filename)
        .Add("contentType", part.ContentType)
        .Build();

    private static SpecMap Record(RecordSpec record) => new NodeBuilder()
        .Add(record.Type.ToString().ToLowerInvariant(), record.Metric)
        .Add("value", record.Value)
        .Add("when", record.When)
        .Add("isTime", record.IsTime, false)
        .Add("tags", record.Tags)
        .Build();
}
