using System.Globalization;
using LoadTesting.Model.Reporting;

namespace LoadTesting.Runner.Cli.Views;

/// <summary>For output that is no terminal (CI logs): one line every few seconds, nothing that moves.</summary>
internal sealed class PlainView(TextWriter output, TextWriter error) : IRunView
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private TimeSpan _next = TimeSpan.Zero;
    private string _stage = "";

    public void Show(LiveFrame frame)
    {
        if (frame.Stage != _stage)
        {
            _stage = frame.Stage;
            _next = frame.Elapsed + Interval;
            output.WriteLine(_stage == "running"
                ? string.Create(CultureInfo.InvariantCulture, $"{frame.Test}: running, {Clock(frame.Planned)} planned")
                : $"{frame.Test}: {_stage}");
            return;
        }

        if (frame.Elapsed < _next)
        {
            return;
        }

        _next = frame.Elapsed + Interval;
        var latency = frame.Latency is { } l
            ? $", p50 {HumanFormat.Time(l.P50)} p95 {HumanFormat.Time(l.P95)} p99 {HumanFormat.Time(l.P99)}"
            : "";
        var rate = frame.Series.Count > 0 ? frame.Series[^1].Rate : 0;
        var vus = frame.Scenarios.Sum(s => s.Vus);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Clock(frame.Elapsed)}/{Clock(frame.Planned)}: {vus} VUs, {frame.Requests} requests, {HumanFormat.PerSecond(rate)}, {HumanFormat.Percent(frame.ErrorRate)} failed{latency}")
            + (frame.Dropped > 0 ? $", {frame.Dropped} dropped" : ""));
    }

    public void Note(string text) => output.WriteLine(text);

    public void Log(string text) => error.WriteLine(text);

    public ValueTask StopAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal static string Clock(TimeSpan time) => time.TotalHours >= 1
        ? time.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture)
        : time.ToString(@"mm\:ss", CultureInfo.InvariantCulture);
}
