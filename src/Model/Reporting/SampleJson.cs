using System.Text.Json;
using LoadTesting.Metrics;

namespace LoadTesting.Model.Reporting;

/// <summary>
/// Samples in a report: <c>{"name", "sum"}</c> of a counter, <c>{"name", "trues", "total"}</c> of a rate, <c>{"name", "schema", "zeros", "sum", "min", "max", "buckets": [index, count, …]}</c>
/// of a trend, with <c>negative</c> beside <c>buckets</c> where there is any, and <c>overflow</c> where requests got no complete answer, which are in no
/// bucket. Bucket indexes are those of Prometheus' native histograms.
/// </summary>
internal static class SampleJson
{
    public static void Write(Utf8JsonWriter writer, SampleReport sample)
    {
        writer.WriteString("name", sample.Name);
        switch (sample.Value)
        {
            case CounterValue counter:
                writer.WriteNumber("sum", counter.Sum);
                break;
            case RateValue rate:
                writer.WriteNumber("trues", rate.Trues);
                writer.WriteNumber("total", rate.Total);
                break;
            case HistogramSnapshot histogram:
                var data = histogram.ToData();
                writer.WriteNumber("schema", data.Schema);
                writer.WriteNumber("zeros", data.ZeroCount);
                writer.WriteNumber("sum", data.Sum);
                writer.WriteNumber("min", data.Min);
                writer.WriteNumber("max", data.Max);
                if (data.Overflow > 0)
                {
                    writer.WriteNumber("overflow", data.Overflow);
                }

                Buckets(writer, "buckets", data.PositiveIndexes, data.PositiveCounts);
                if (data.NegativeIndexes.Count > 0)
                {
                    Buckets(writer, "negative", data.NegativeIndexes, data.NegativeCounts);
                }

                break;
        }
    }

    public static SampleReport Read(JsonElement e)
    {
        var name = e.GetProperty("name").GetString() ?? throw new JsonException("name is null");
        if (e.TryGetProperty("total", out var total))
        {
            var trues = e.GetProperty("trues").GetInt64();
            return trues >= 0 && trues <= total.GetInt64() ? new(name, new RateValue(trues, total.GetInt64())) : throw new JsonException($"{name} has impossible counts");
        }

        if (!e.TryGetProperty("schema", out var schema))
        {
            return new(name, new CounterValue(e.GetProperty("sum").GetDouble()));
        }

        var (indexes, counts) = Buckets(e, "buckets");
        var (negativeIndexes, negativeCounts) = e.TryGetProperty("negative", out _) ? Buckets(e, "negative") : ([], []);
        var data = new HistogramData(
            schema.GetInt32(), e.GetProperty("zeros").GetInt64(), indexes, counts, negativeIndexes, negativeCounts, e.GetProperty("sum").GetDouble(), e.GetProperty("min").GetDouble(), e.GetProperty("max").GetDouble(),
            e.TryGetProperty("overflow", out var overflow) ? overflow.GetInt64() : 0);
        return new(name, data.ToHistogram() ?? throw new JsonException($"{name} has impossible buckets"));
    }

    private static void Buckets(Utf8JsonWriter writer, string name, IReadOnlyList<int> indexes, IReadOnlyList<long> counts)
    {
        // On one line, also where the rest is indented: nobody reads them, and there are hundreds.
        writer.WritePropertyName(name);
        writer.WriteRawValue($"[{string.Join(',', indexes.Zip(counts).Select(p => FormattableString.Invariant($"{p.First},{p.Second}")))}]");
    }

    private static (List<int> Indexes, List<long> Counts) Buckets(JsonElement e, string name)
    {
        var (indexes, counts) = (new List<int>(), new List<long>());
        var isIndex = true;
        foreach (var number in e.GetProperty(name).EnumerateArray())
        {
            if (isIndex)
            {
                indexes.Add(number.GetInt32());
            }
            else
            {
                counts.Add(number.GetInt64());
            }

            isIndex = !isIndex;
        }

        return (indexes, counts);
    }
}
