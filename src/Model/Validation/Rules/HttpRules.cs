using System.Globalization;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>HTTP defaults and limits.</summary>
internal static class HttpRules
{
    public const int MostRedirects = 100;

    public static void Check(LoadTestSpec spec, ProblemList problems)
    {
        var (http, list) = (spec.Http, problems.Field("http"));
        CheckTimeout(http.Timeout, list.Field("timeout"));
        CheckTimeout(http.ConnectTimeout, list.Field("connectTimeout"));
        if (http.MaxConnectionAge is { } age)
        {
            CheckTimeout(age, list.Field("maxConnectionAge"));
        }

        CheckRedirects(http.Redirects, list.Field("redirects"));
        CheckStatuses(http.Expect, list.Field("expect").Field("status"));
        HeaderRules.Check(http.Headers, list.Field("headers"));
        if (http.UserAgent is { } agent)
        {
            HeaderRules.CheckValue(agent, list.Field("userAgent"));
        }

        if (http.MaxBodyBytes is < 0 or > int.MaxValue)
        {
            list.Field("maxBodyBytes").Add(ProblemRules.Range, $"maxBodyBytes lies between 0 and {int.MaxValue}", http.MaxBodyBytes.ToString(CultureInfo.InvariantCulture));
        }

        CheckAtOnce(http.Batch, list.Field("batch"));
        CheckAtOnce(http.BatchPerHost, list.Field("batchPerHost"));
        TlsRules.Check(http.Tls, list.Field("tls"));
    }

    private static void CheckAtOnce(int requests, ProblemList problems)
    {
        if (requests is < 1 or > HttpSpec.MostAtOnce)
        {
            problems.Add(ProblemRules.Range, $"so many requests at once lie between 1 and {HttpSpec.MostAtOnce}", requests.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>A limit that a timer can hold: above 0, at most 24 days.</summary>
    public static void CheckTimeout(Duration timeout, ProblemList problems)
    {
        if (timeout <= Duration.Zero || timeout.Milliseconds > int.MaxValue)
        {
            problems.Add(ProblemRules.Range, "the time limit must be above 0 and at most 24 days", timeout.ToString());
        }
    }

    public static void CheckRedirects(int redirects, ProblemList problems)
    {
        if (redirects is < 0 or > MostRedirects)
        {
            problems.Add(ProblemRules.Range, $"redirects lies between 0 and {MostRedirects}", redirects.ToString(CultureInfo.InvariantCulture));
        }
    }

    public static void CheckStatuses(ExpectedStatuses? statuses, ProblemList problems)
    {
        if (statuses is null)
        {
            return;
        }

        for (var i = 0; i < statuses.Ranges.Count; i++)
        {
            var range = statuses.Ranges[i];
            var text = range.Min == range.Max ? range.Min.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{range.Min}–{range.Max}");
            if (range.Min > range.Max)
            {
                problems.Item(i).Add(ProblemRules.Range, $"the range's min ({range.Min}) is above its max ({range.Max})", text);
            }
            else if (range is not { Min: 0, Max: 0 } && (range.Min < 100 || range.Max > 999))
            {
                problems.Item(i).Add(ProblemRules.Range, "a status lies between 100 and 999, or is 0 for 'no response'", text);
            }
        }
    }
}
