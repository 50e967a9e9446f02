using System.Globalization;
using System.Text.Json;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Judging.Windows;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Reporting;

/// <summary>Reads what <see cref="RunReportJson"/> writes. Fields it does not know are passed over, so that newer reports of the same version can be read.</summary>
public static class RunReportReader
{
    private static readonly HashSet<string> MetricFields = new(["name", "type", "unit"], StringComparer.Ordinal);

    /// <summary>Reads one report.</summary>
    /// <param name="json">The text.</param>
    /// <param name="error">What is wrong with it, as one sentence; null when it was read.</param>
    /// <returns>Null when it is no report, or one of a later version.</returns>
    public static RunReport? Read(string json, out string? error)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("schemaVersion", out var version)
                || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number))
            {
                error = "this is not a run report: schemaVersion is missing";
                return null;
            }

            if (number is < 1 or > RunReport.CurrentSchemaVersion)
            {
                error = $"the report has schema version {number}; this program reads 1 to {RunReport.CurrentSchemaVersion}";
                return null;
            }

            error = null;
            return Report(root);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            // The four ways in which System.Text.Json says "not that shape", and a repeated field; its own words mean nothing to who names a file.
            error = "this is not a run report: " + e switch
            {
                JsonException { LineNumber: { } line, BytePositionInLine: var column } => $"line {line + 1}, column {(column ?? 0) + 1} is no JSON",
                JsonException own => own.Message,
                KeyNotFoundException => "a field that every report has is missing",
                _ => "a field has a value of another kind than in reports",
            };
            return null;
        }
    }

    private static RunReport Report(JsonElement root) => new()
    {
        SchemaVersion = root.GetProperty("schemaVersion").GetInt32(),
        Test = Text(root, "test"),
        Run = OptionalText(root, "run"),
        Phase = Enum.Parse<RunPhase>(Text(root, "phase")),
        Verdict = OptionalText(root, "verdict") is { } verdict ? Enum.Parse<Verdict>(verdict) : null,
        Reason = OptionalText(root, "reason"),
        Message = Text(root, "message"),
        StartTime = Instant(root, "startTime"),
        EndTime = Instant(root, "endTime"),
        Elapsed = new Duration(root.GetProperty("elapsedNanoseconds").GetInt64()),
        Runners = Runners(root.GetProperty("runners")),
        Load = Load(root.GetProperty("load")),
        Latency = root.TryGetProperty("latency", out var latency) ? Latency(latency) : null,
        Thresholds = List(root, "thresholds", Threshold),
        Scenarios = List(root, "scenarios", Scenario),
        Tainted = OptionalList(root, "tainted", Tainted),
        Failures = List(root, "failures", f => new FailureReport(Text(f, "request"), Text(f, "cause"), Whole(f, "count"))),
        Checks = List(root, "checks", c => new CheckReport(Text(c, "group"), Text(c, "name"), Whole(c, "passes"), Whole(c, "fails"))),
        Metrics = List(root, "metrics", Metric),
        LoadShape = OptionalText(root, "loadShape"),
        Samples = OptionalList(root, "samples", SampleJson.Read),
        Marks = OptionalList(root, "marks", Mark),
        Observed = OptionalList(root, "observed", ObservationJson.Query),
        Happenings = OptionalList(root, "happenings", ObservationJson.Happened),
        Series = List(root, "series", Point),
    };

    private static RunnersReport Runners(JsonElement e) => new()
    {
        Desired = e.GetProperty("desired").GetInt32(),
        Ready = e.GetProperty("ready").GetInt32(),
        Lost = e.GetProperty("lost").GetInt32(),
        Coverage = OptionalText(e, "coverage"),
        StartSkew = e.TryGetProperty("startSkewNanoseconds", out var skew) ? new Duration(skew.GetInt64()) : null,
    };

    private static LoadReport Load(JsonElement e) => new()
    {
        Requests = Whole(e, "requests"),
        Rate = Text(e, "rate"),
        Failed = Text(e, "failed"),
        Delivered = OptionalText(e, "delivered"),
        Dropped = Whole(e, "dropped"),
        Interrupted = Whole(e, "interrupted"),
        Vus = Whole(e, "vus"),
    };

    private static LatencyReport Latency(JsonElement e) => new(Text(e, "avg"), Text(e, "med"), Text(e, "p90"), Text(e, "p95"), Text(e, "p99"), Text(e, "max"), OptionalWhole(e, "unanswered"));

    private static ThresholdReport Threshold(JsonElement e) => new()
    {
        Metric = Text(e, "metric"),
        Expression = Text(e, "expression"),
        Observed = OptionalNumber(e, "observed"),
        Unit = Text(e, "unit"),
        Ok = e.GetProperty("ok").GetBoolean(),
        NoData = Flag(e, "noData"),
        InDoubt = Flag(e, "inDoubt"),
        Unanswered = OptionalWhole(e, "unanswered"),
        Message = Text(e, "message"),
    };

    private static ScenarioReport Scenario(JsonElement e) => new()
    {
        Name = Text(e, "name"),
        Executor = Text(e, "executor"),
        Planned = e.TryGetProperty("planned", out var planned) ? planned.GetInt64() : null,
        Started = Whole(e, "started"),
        Completed = Whole(e, "completed"),
        Dropped = Whole(e, "dropped"),
        Interrupted = Whole(e, "interrupted"),
        Abandoned = Whole(e, "abandoned"),
        TestErrors = OptionalWhole(e, "testErrors"),
        Sent = OptionalWhole(e, "sent"),
        Answered = OptionalWhole(e, "answered"),
    };

    private static TaintedSpan Tainted(JsonElement e) => new(
        e.GetProperty("runner").GetInt32(), Text(e, "cause"), e.TryGetProperty("from", out var from) ? from.GetInt32() : null, e.GetProperty("seconds").GetInt32(), OptionalNumber(e, "worst"));

    private static RunMark Mark(JsonElement e) => new(
        Text(e, "name"), new Duration(Whole(e, "fromNanoseconds")), e.TryGetProperty("toNanoseconds", out var to) ? new Duration(to.GetInt64()) : null);

    private static MetricReport Metric(JsonElement e) => new(
        Text(e, "name"),
        Text(e, "type"),
        Text(e, "unit"),
        new OrderedMap<double>(e.EnumerateObject().Where(p => !MetricFields.Contains(p.Name)).Select(p => KeyValuePair.Create(p.Name, Number(p.Value)))));

    private static SeriesPoint Point(JsonElement e) => new()
    {
        Second = e.GetProperty("second").GetInt32(),
        Requests = Whole(e, "requests"),
        Rate = Number(e, "rate"),
        Failed = Whole(e, "failed"),
        ErrorRate = OptionalNumber(e, "errorRate"),
        P50 = OptionalNumber(e, "p50"),
        P95 = OptionalNumber(e, "p95"),
        P99 = OptionalNumber(e, "p99"),
        Unanswered = OptionalWhole(e, "unanswered"),
        Vus = Whole(e, "vus"),
        Iterations = Whole(e, "iterations"),
        Dropped = Whole(e, "dropped"),
        SendLagP99 = OptionalNumber(e, "sendLagP99"),
        BytesReceived = Whole(e, "bytesReceived"),
        BytesSent = Whole(e, "bytesSent"),
        Estimated = Flag(e, "estimated"),
    };

    private static List<T> List<T>(JsonElement e, string name, Func<JsonElement, T> item) => [.. e.GetProperty(name).EnumerateArray().Select(item)];

    /// <summary>A list that reports of earlier programs do not have.</summary>
    private static List<T> OptionalList<T>(JsonElement e, string name, Func<JsonElement, T> item) => e.TryGetProperty(name, out _) ? List(e, name, item) : [];

    private static string Text(JsonElement e, string name) => e.GetProperty(name).GetString() ?? throw new JsonException($"{name} is null");

    private static string? OptionalText(JsonElement e, string name) => e.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static long Whole(JsonElement e, string name) => e.GetProperty(name).GetInt64();

    private static double Number(JsonElement e, string name) => e.GetProperty(name).GetDouble();

    private static double? OptionalNumber(JsonElement e, string name) => e.TryGetProperty(name, out var value) ? Number(value) : null;

    // JSON has no infinity: null is written for the time of a request that was not answered.
    private static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Null ? double.PositiveInfinity : value.GetDouble();

    private static long OptionalWhole(JsonElement e, string name) => e.TryGetProperty(name, out var value) ? value.GetInt64() : 0;

    private static bool Flag(JsonElement e, string name) => e.TryGetProperty(name, out var value) && value.GetBoolean();

    private static DateTimeOffset? Instant(JsonElement e, string name) =>
        OptionalText(e, name) is { } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal) : null;
}
