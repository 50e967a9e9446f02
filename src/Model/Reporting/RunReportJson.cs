using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Judging.Windows;

namespace LoadTesting.Model.Reporting;

/// <summary>
/// Writes a <see cref="RunReport"/> as JSON. Fields always come in the same order and numbers in their shortest exact form, so that two reports can be compared as text.
/// Absent values are left out; a number that is +∞, because requests were not answered, is null, which JSON has instead. <see cref="RunReportReader"/> reads
/// it back without loss.
/// </summary>
public static class RunReportJson
{
    // "p(95)<500" must be readable: only what JSON itself needs is escaped.
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The report as a JSON text.</summary>
    /// <param name="report">A report whose numbers are finite, but for those of requests that were not answered.</param>
    /// <param name="indented">Over many lines, for people. Default true.</param>
    public static string Write(RunReport report, bool indented = true)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, indented ? Readable : Compact))
        {
            Write(writer, report);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes the report as one JSON object, where <paramref name="writer"/> stands.</summary>
    public static void Write(Utf8JsonWriter writer, RunReport report)
    {
        writer.WriteStartObject();
        writer.WriteNumber("schemaVersion", report.SchemaVersion);
        writer.WriteString("test", report.Test);
        Text(writer, "run", report.Run);
        writer.WriteString("phase", report.Phase.ToString());
        Text(writer, "verdict", report.Verdict?.ToString());
        Text(writer, "reason", report.Reason);
        writer.WriteString("message", report.Message);
        Instant(writer, "startTime", report.StartTime);
        Instant(writer, "endTime", report.EndTime);
        writer.WriteString("elapsed", HumanFormat.Seconds(report.Elapsed));
        writer.WriteNumber("elapsedNanoseconds", report.Elapsed.Nanoseconds);
        Runners(writer, report.Runners);
        Load(writer, report.Load);
        if (report.Latency is { } latency)
        {
            Latency(writer, latency);
        }

        List(writer, "thresholds", report.Thresholds, Threshold);
        List(writer, "scenarios", report.Scenarios, Scenario);
        List(writer, "tainted", report.Tainted, Tainted);
        List(writer, "failures", report.Failures, Failure);
        List(writer, "checks", report.Checks, Check);
        List(writer, "metrics", report.Metrics, Metric);
        Text(writer, "loadShape", report.LoadShape);
        List(writer, "samples", report.Samples, SampleJson.Write);
        List(writer, "marks", report.Marks, Mark);
        ObservationJson.Write(writer, report);
        List(writer, "series", report.Series, Point);
        writer.WriteEndObject();
    }

    private static void Runners(Utf8JsonWriter writer, RunnersReport runners)
    {
        writer.WriteStartObject("runners");
        writer.WriteNumber("desired", runners.Desired);
        writer.WriteNumber("ready", runners.Ready);
        writer.WriteNumber("lost", runners.Lost);
        Text(writer, "coverage", runners.Coverage);
        if (runners.StartSkew is { } skew)
        {
            writer.WriteString("startSkew", HumanFormat.Seconds(skew));
            writer.WriteNumber("startSkewNanoseconds", skew.Nanoseconds);
        }

        writer.WriteEndObject();
    }

    private static void Load(Utf8JsonWriter writer, LoadReport load)
    {
        writer.WriteStartObject("load");
        writer.WriteNumber("requests", load.Requests);
        writer.WriteString("rate", load.Rate);
        writer.WriteString("failed", load.Failed);
        Text(writer, "delivered", load.Delivered);
        writer.WriteNumber("dropped", load.Dropped);
        writer.WriteNumber("interrupted", load.Interrupted);
        writer.WriteNumber("vus", load.Vus);
        writer.WriteEndObject();
    }

    private static void Latency(Utf8JsonWriter writer, LatencyReport latency)
    {
        writer.WriteStartObject("latency");
        writer.WriteString("avg", latency.Avg);
        writer.WriteString("med", latency.Med);
        writer.WriteString("p90", latency.P90);
        writer.WriteString("p95", latency.P95);
        writer.WriteString("p99", latency.P99);
        writer.WriteString("max", latency.Max);
        Count(writer, "unanswered", latency.Unanswered);
        writer.WriteEndObject();
    }

    private static void Threshold(Utf8JsonWriter writer, ThresholdReport threshold)
    {
        writer.WriteString("metric", threshold.Metric);
        writer.WriteString("expression", threshold.Expression);
        Number(writer, "observed", threshold.Observed);
        writer.WriteString("unit", threshold.Unit);
        writer.WriteBoolean("ok", threshold.Ok);
        if (threshold.NoData)
        {
            writer.WriteBoolean("noData", true);
        }

        if (threshold.InDoubt)
        {
            writer.WriteBoolean("inDoubt", true);
        }

        Count(writer, "unanswered", threshold.Unanswered);
        writer.WriteString("message", threshold.Message);
    }

    private static void Scenario(Utf8JsonWriter writer, ScenarioReport scenario)
    {
        writer.WriteString("name", scenario.Name);
        writer.WriteString("executor", scenario.Executor);
        if (scenario.Planned is { } planned)
        {
            writer.WriteNumber("planned", planned);
        }

        writer.WriteNumber("started", scenario.Started);
        writer.WriteNumber("completed", scenario.Completed);
        writer.WriteNumber("dropped", scenario.Dropped);
        writer.WriteNumber("interrupted", scenario.Interrupted);
        writer.WriteNumber("abandoned", scenario.Abandoned);
        writer.WriteNumber("testErrors", scenario.TestErrors);
        writer.WriteNumber("sent", scenario.Sent);
        writer.WriteNumber("answered", scenario.Answered);
    }

    private static void Tainted(Utf8JsonWriter writer, TaintedSpan span)
    {
        writer.WriteNumber("runner", span.Runner);
        writer.WriteString("cause", span.Cause);
        if (span.From is { } from)
        {
            writer.WriteNumber("from", from);
        }

        writer.WriteNumber("seconds", span.Seconds);
        Number(writer, "worst", span.Worst);
    }

    private static void Mark(Utf8JsonWriter writer, RunMark mark)
    {
        writer.WriteString("name", mark.Name);
        writer.WriteNumber("fromNanoseconds", mark.From.Nanoseconds);
        if (mark.To is { } to)
        {
            writer.WriteNumber("toNanoseconds", to.Nanoseconds);
        }
    }

    private static void Failure(Utf8JsonWriter writer, FailureReport failure)
    {
        writer.WriteString("request", failure.Request);
        writer.WriteString("cause", failure.Cause);
        writer.WriteNumber("count", failure.Count);
    }

    private static void Check(Utf8JsonWriter writer, CheckReport check)
    {
        writer.WriteString("group", check.Group);
        writer.WriteString("name", check.Name);
        writer.WriteNumber("passes", check.Passes);
        writer.WriteNumber("fails", check.Fails);
    }

    private static void Metric(Utf8JsonWriter writer, MetricReport metric)
    {
        writer.WriteString("name", metric.Name);
        writer.WriteString("type", metric.Type);
        writer.WriteString("unit", metric.Unit);
        foreach (var (key, value) in metric.Values)
        {
            Number(writer, key, value);
        }
    }

    private static void Point(Utf8JsonWriter writer, SeriesPoint point)
    {
        writer.WriteNumber("second", point.Second);
        writer.WriteNumber("requests", point.Requests);
        writer.WriteNumber("rate", point.Rate);
        writer.WriteNumber("failed", point.Failed);
        Number(writer, "errorRate", point.ErrorRate);
        Number(writer, "p50", point.P50);
        Number(writer, "p95", point.P95);
        Number(writer, "p99", point.P99);
        Count(writer, "unanswered", point.Unanswered);
        writer.WriteNumber("vus", point.Vus);
        writer.WriteNumber("iterations", point.Iterations);
        writer.WriteNumber("dropped", point.Dropped);
        Number(writer, "sendLagP99", point.SendLagP99);
        writer.WriteNumber("bytesReceived", point.BytesReceived);
        writer.WriteNumber("bytesSent", point.BytesSent);
        if (point.Estimated)
        {
            writer.WriteBoolean("estimated", true);
        }
    }

    private static void List<T>(Utf8JsonWriter writer, string name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> fields)
    {
        writer.WriteStartArray(name);
        foreach (var item in items)
        {
            writer.WriteStartObject();
            fields(writer, item);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Text(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static void Number(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number)
        {
            if (double.IsPositiveInfinity(number))
            {
                writer.WriteNull(name);
            }
            else
            {
                writer.WriteNumber(name, number);
            }
        }
    }

    /// <summary>A count that is left out where it is 0, as in reports of programs that did not know it.</summary>
    private static void Count(Utf8JsonWriter writer, string name, long count)
    {
        if (count > 0)
        {
            writer.WriteNumber(name, count);
        }
    }

    private static void Instant(Utf8JsonWriter writer, string name, DateTimeOffset? value) =>
        Text(writer, name, value?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
}
