using System.Globalization;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>Steps on their own.</summary>
internal static class StepRules
{
    private static readonly string[] CommonMethods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECT"];

    private static readonly string[] Encodings = ["gzip", "deflate", "br"];

    public static void Check(LoadTestSpec spec, ProblemList problems)
    {
        foreach (var (step, list) in Steps.All(spec, problems))
        {
            switch (step)
            {
                case RequestStep request:
                    CheckRequest(request, spec, list.Field("request"));
                    break;
                case SleepStep sleep:
                    CheckSleep(sleep, list.Field("sleep"));
                    break;
                case SetStep set:
                    CheckNames(set.Values, list.Field("set"));
                    break;
                case RecordStep { Samples.Count: 0 }:
                    list.Field("record").Add(ProblemRules.Required, "a record step needs at least one sample, as in {counter: orders}");
                    break;
                case CheckStep { Checks.Count: 0 }:
                    list.Field("check").Add(ProblemRules.Required, "a check step needs at least one named condition");
                    break;
                default:
                    ControlRules.Check(step, list);
                    break;
            }
        }
    }

    private static void CheckRequest(RequestStep request, LoadTestSpec spec, ProblemList problems)
    {
        if (!HeaderRules.IsToken(request.Method) || request.Method != request.Method.ToUpperInvariant())
        {
            var upper = request.Method.ToUpperInvariant();
            problems.Field("method").Add("method", "a method is written in capital letters, as in POST", request.Method,
                CommonMethods.Contains(upper, StringComparer.Ordinal) ? upper : Nearest.To(upper, CommonMethods));
        }
        else if (request.Method == "CONNECT")
        {
            problems.Field("method").Add("method", "CONNECT opens a tunnel, which a request step cannot use", request.Method);
        }

        if (Urls.Wrong(request.Url, spec.Target is not null) is { } wrong)
        {
            problems.Field("url").Add(Urls.Rule, wrong, request.Url);
        }

        string[] bodies = [.. new[] { ("body", request.Body is not null), ("json", request.Json is not null), ("form", request.Form is not null), ("multipart", request.Multipart is not null), ("file", request.File is not null) }.Where(b => b.Item2).Select(b => b.Item1)];
        if (bodies.Length > 1)
        {
            problems.Field(bodies[^1]).Add("body", $"a request has one body; this one has {string.Join(" and ", bodies)}");
        }

        CheckParts(request, bodies.Length > 0, problems);
        if (request.Timeout is { } timeout)
        {
            HttpRules.CheckTimeout(timeout, problems.Field("timeout"));
        }

        if (request.Redirects is { } redirects)
        {
            HttpRules.CheckRedirects(redirects, problems.Field("redirects"));
        }

        HttpRules.CheckStatuses(request.Expect, problems.Field("expect").Field("status"));
        HeaderRules.Check(request.Headers, problems.Field("headers"));
        CheckNames(request.Extract, problems.Field("extract"));
    }

    private static void CheckParts(RequestStep request, bool hasBody, ProblemList problems)
    {
        for (var i = 0; i < (request.Multipart?.Count ?? 0); i++)
        {
            var (part, item) = (request.Multipart![i], problems.Field("multipart").Item(i));
            CheckGiven(part.Name, item.Field("name"), "a part's name is empty");
            CheckGiven(part.File, item.Field("file"), "the file's path is empty");
            HeaderRules.CheckValue(part.ContentType ?? "", item.Field("contentType"));
        }

        CheckGiven(request.File, problems.Field("file"), "the file's path is empty");
        if (request.Multipart is { Count: 0 })
        {
            problems.Field("multipart").Add(ProblemRules.Required, "a multipart body needs at least one part, as in {name: avatar, file: face.png}");
        }

        if (request.Compression is { } encoding && !Encodings.Contains(encoding, StringComparer.Ordinal))
        {
            problems.Field("compression").Add(ProblemRules.Choice, $"a body is compressed with one of {string.Join(", ", Encodings)}", encoding, Nearest.To(encoding, Encodings));
        }
        else if (request.Compression is not null && !hasBody)
        {
            problems.Field("compression").Warn("body", "there is no body to compress");
        }

        foreach (var name in request.Cookies.Keys.Where(n => !HeaderRules.IsToken(n)))
        {
            problems.Field("cookies").Field(name).Add("header", "a cookie's name consists of letters, digits and !#$%&'*+-.^_`|~", name);
        }

        var own = request.Headers.Keys.Select(k => k.ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        if (own.Contains("cookie") && request.Cookies.Count > 0)
        {
            problems.Field("cookies").Add(ProblemRules.DuplicateKey, "there is a Cookie header too: give one of them");
        }

        if (own.Contains("authorization") && request.Auth is not null)
        {
            problems.Field("auth").Add(ProblemRules.DuplicateKey, "there is an Authorization header too: give one of them");
        }
    }

    private static void CheckGiven(string? text, ProblemList problems, string message)
    {
        if (text is "")
        {
            problems.Add(ProblemRules.Required, message, text);
        }
    }

    private static void CheckSleep(SleepStep sleep, ProblemList problems)
    {
        if (sleep.Min < Duration.Zero || sleep.Max.Milliseconds > int.MaxValue)
        {
            problems.Add(ProblemRules.Range, "a pause cannot be negative or longer than 24 days", (sleep.Min < Duration.Zero ? sleep.Min : sleep.Max).ToString());
        }

        if (sleep.Min > sleep.Max)
        {
            problems.Field("min").Add(ProblemRules.Range, $"min is above max ({sleep.Max})", sleep.Min.ToString());
        }

        if (sleep.Normal is { } normal && (normal.Mean < Duration.Zero || normal.Deviation < Duration.Zero))
        {
            problems.Field("normal").Field(normal.Mean < Duration.Zero ? "mean" : "deviation")
                .Add(ProblemRules.Range, "mean and deviation cannot be negative", (normal.Mean < Duration.Zero ? normal.Mean : normal.Deviation).ToString());
        }

        if (sleep.ParetoShape is { } shape && (!(shape > 0) || !double.IsFinite(shape) || sleep.Min <= Duration.Zero))
        {
            problems.Field("pareto").Add(ProblemRules.Range, "a Pareto distribution needs a min and a shape above 0", shape.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void CheckNames(OrderedMap<string> values, ProblemList problems)
    {
        foreach (var name in values.Keys)
        {
            CheckName(name, problems.Field(name));
        }
    }

    /// <summary>Expressions read VU variables as <c>vars.name</c>.</summary>
    public static void CheckName(string name, ProblemList problems)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            problems.Add(ProblemRules.Name, "a variable's name consists of letters, digits and '_' and does not begin with a digit (expressions read it as vars.name)", name);
        }
    }
}
