using System.Text.Json;
using LoadTesting.Model.Observing;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Reporting;

/// <summary>What was observed of the target, in a report's JSON; absent from reports of runs that observed nothing.</summary>
internal static class ObservationJson
{
    public static void Write(Utf8JsonWriter writer, RunReport report)
    {
        if (report.Observed.Count > 0)
        {
            writer.WriteStartArray("observed");
            foreach (var query in report.Observed)
            {
                Write(writer, query);
            }

            writer.WriteEndArray();
        }

        if (report.Happenings.Count > 0)
        {
            writer.WriteStartArray("happenings");
            foreach (var happening in report.Happenings)
            {
                writer.WriteStartObject();
                writer.WriteNumber("atNanoseconds", happening.At.Nanoseconds);
                writer.WriteString("text", happening.Text);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }
    }

    public static QueryReport Query(JsonElement e) => new(
        e.GetProperty("name").GetString()!,
        e.GetProperty("query").GetString()!,
        new Duration(e.GetProperty("intervalNanoseconds").GetInt64()),
        e.GetProperty("samples").GetInt32(),
        e.GetProperty("answered").GetInt32(),
        e.TryGetProperty("trouble", out var trouble) ? trouble.GetString() : null,
        [.. e.GetProperty("points").EnumerateArray().Select(p => new ObservedValue(p[0].GetInt32(), p[1].GetDouble()))]);

    public static Happening Happened(JsonElement e) => new(new Duration(e.GetProperty("atNanoseconds").GetInt64()), e.GetProperty("text").GetString()!);

    private static void Write(Utf8JsonWriter writer, QueryReport query)
    {
        writer.WriteStartObject();
        writer.WriteString("name", query.Name);
        writer.WriteString("query", query.Query);
        writer.WriteNumber("intervalNanoseconds", query.Interval.Nanoseconds);
        writer.WriteNumber("samples", query.Samples);
        writer.WriteNumber("answered", query.Answered);
        if (query.Trouble is { } trouble)
        {
            writer.WriteString("trouble", trouble);
        }

        writer.WriteStartArray("points");
        foreach (var (at, value) in query.Points.Select(p => (p.At, p.Value)))
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(at);
            writer.WriteNumberValue(value);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
