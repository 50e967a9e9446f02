using System.Globalization;
using System.Text.Json;

namespace LoadTesting.Model.Observing;

/// <summary>
/// Reads the answer of Prometheus' <c>/api/v1/query_range</c>. At each instant one series may have a value: that is the sample. None, NaN and infinities are no sample. Several are an
/// ambiguity, which only the author of the query can solve (<c>sum(…)</c>, <c>max(…)</c>).
/// </summary>
public static class PrometheusAnswer
{
    /// <summary>The answer to a question. Never throws for what a server sends.</summary>
    /// <param name="due">The instants that were asked for.</param>
    /// <param name="body">The body of the answer.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="start">T0 as the query's grid has it, in seconds since 1970.</param>
    /// <param name="interval">Seconds from instant to instant, &gt; 0.</param>
    public static QueryAnswer Read(QueryDue due, ReadOnlyMemory<byte> body, int status, double start, double interval)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return Text(root, "status") != "success"
                ? QueryAnswer.Failed(due, Text(root, "error") is { Length: > 0 } error ? $"{error} ({Text(root, "errorType") ?? "error"})" : $"status {status}")
                : Numbers(due, root.GetProperty("data"), start, interval);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return QueryAnswer.Failed(due, status == 200 ? "the answer is not that of a Prometheus" : $"status {status}");
        }
    }

    private static QueryAnswer Numbers(QueryDue due, JsonElement data, double start, double interval)
    {
        if (Text(data, "resultType") != "matrix")
        {
            return QueryAnswer.Failed(due, $"the answer is a {Text(data, "resultType")}, wanted is a number");
        }

        var values = new SortedDictionary<int, List<double>>();
        foreach (var series in data.GetProperty("result").EnumerateArray())
        {
            foreach (var sample in series.TryGetProperty("values", out var samples) ? samples.EnumerateArray() : [])
            {
                var at = (int)Math.Round((sample[0].GetDouble() - start) / interval);
                if (at < due.From || at > due.To || !TryNumber(sample[1].GetString(), out var value))
                {
                    continue;
                }

                if (!values.TryGetValue(at, out var present))
                {
                    values.Add(at, present = []);
                }

                present.Add(value);
            }
        }

        var single = values.Where(v => v.Value.Count == 1 && double.IsFinite(v.Value[0])).Select(v => new ObservedValue(v.Key, v.Value[0])).ToList();
        var ambiguous = values.Count(v => v.Value.Count > 1);
        var most = values.Count == 0 ? 0 : values.Max(v => v.Value.Count);
        var notNumbers = values.Count(v => v.Value.Count == 1) - single.Count;
        return new QueryAnswer(due.Name, due.From, due.To, single)
        {
            Ambiguous = ambiguous,
            Note = ambiguous > 0 ? $"the answer has {most} series at once: make one number of them, e.g. with sum(…) or max(…)"
                : notNumbers > 0 ? "the answer is NaN or infinite"
                : single.Count <= due.To - due.From ? "the answer is empty: no series matches"
                : null,
        };
    }

    /// <summary>As Prometheus writes numbers, <c>NaN</c>, <c>+Inf</c> and <c>-Inf</c> included.</summary>
    private static bool TryNumber(string? text, out double value)
    {
        value = text switch { "NaN" => double.NaN, "+Inf" => double.PositiveInfinity, "-Inf" => double.NegativeInfinity, _ => 0 };
        return value != 0 || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    private static string? Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
