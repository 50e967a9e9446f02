using LoadTesting.Model.Judging;
using LoadTesting.Model.Reporting;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace LoadTesting.Runner.Cli.Views;

/// <summary>The live view of a terminal: scenarios with progress, and the numbers that matter, redrawn in place.</summary>
internal sealed class TerminalView : IRunView
{
    private readonly IAnsiConsole _console;
    private readonly TextWriter? _log;
    private readonly Lock _lock = new();
    private readonly Queue<string> _notes = new();
    private readonly SemaphoreSlim _changed = new(0);
    private readonly Task _drawing;
    private LiveFrame? _frame;
    private bool _stopped;

    /// <summary>Begins to draw.</summary>
    /// <param name="console">The terminal.</param>
    /// <param name="log">Where lines of the test's own go; null = the terminal too, above what moves.</param>
    public TerminalView(IAnsiConsole console, TextWriter? log)
    {
        (_console, _log) = (console, log);
        _drawing = Task.Run(DrawAsync);
    }

    public void Show(LiveFrame frame)
    {
        lock (_lock)
        {
            _frame = frame;
        }

        _changed.Release();
    }

    public void Note(string text)
    {
        lock (_lock)
        {
            _notes.Enqueue(text);
        }

        _changed.Release();
    }

    public void Log(string text)
    {
        if (_log is null)
        {
            Note(text);
        }
        else
        {
            _log.WriteLine(text);
        }
    }

    public async ValueTask StopAsync()
    {
        lock (_lock)
        {
            _stopped = true;
        }

        _changed.Release();
        await _drawing;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _changed.Dispose();
    }

    internal static IRenderable Render(LiveFrame frame, int width)
    {
        var lines = new List<IRenderable>
        {
            new Markup($"[bold]{Markup.Escape(PrintableText.OneLine(frame.Test))}[/] {Markup.Escape(frame.Stage)} [grey]{PlainView.Clock(frame.Elapsed)} / {PlainView.Clock(frame.Planned)}[/]"),
        };
        lines.AddRange(ScenarioLines.Of(frame.Scenarios, width).Select(l => new Markup(l)));
        if (frame.Requests > 0)
        {
            var rate = frame.Series.Count > 0 ? frame.Series[^1].Rate : 0;
            var failed = frame.ErrorRate > 0 ? "red" : "green";
            var counts = $"  [bold]{HumanFormat.Count(frame.Requests)}[/] requests  [bold]{Markup.Escape(HumanFormat.PerSecond(rate))}[/]  "
                + $"[{failed}]{Markup.Escape(HumanFormat.Percent(frame.ErrorRate))} failed[/]";
            var percentiles = frame.Latency is { } l
                ? $"  p50 [bold]{HumanFormat.Time(l.P50)}[/]  p95 [bold]{HumanFormat.Time(l.P95)}[/]  p99 [bold]{HumanFormat.Time(l.P99)}[/]"
                : "";
            lines.AddRange(Markup.Remove(counts + percentiles).Length <= width ? [new Markup(counts + percentiles)] : new[] { new Markup(counts), new Markup(percentiles) });
            var spark = Math.Max(10, Math.Min(60, width - 24));
            lines.Add(new Markup($"  [blue]{Sparkline.Draw(frame.Series.Select(p => p.Rate), spark)}[/] [grey]req/s[/]"));
            lines.Add(new Markup($"  [yellow]{Sparkline.Draw(frame.Series.Select(p => p.P95 ?? 0), spark)}[/] [grey]p95[/]"));
        }

        lines.AddRange(frame.Thresholds.Select(Line));
        return new Rows(lines);
    }

    /// <summary>Red is for what was seen to break; what has only not come so far yet is no fault.</summary>
    private static Markup Line(OpenThreshold threshold)
    {
        var text = Markup.Escape(PrintableText.OneLine(threshold.Text));
        return threshold.Outlook switch
        {
            BreachOutlook.NotYet => new Markup($"  [grey]… not yet: {text}[/]"),
            BreachOutlook.SoFar => new Markup($"  [red]✗[/] so far: {text}"),
            _ => new Markup($"  [red]✗ {text}[/]"),
        };
    }

    private async Task DrawAsync()
    {
        await _console.Live(new Text("")).AutoClear(true).StartAsync(async context =>
        {
            while (true)
            {
                await _changed.WaitAsync();
                LiveFrame? frame;
                bool stopped;
                List<string> notes = [];
                lock (_lock)
                {
                    (frame, stopped) = (_frame, _stopped);
                    while (_notes.TryDequeue(out var note))
                    {
                        notes.Add(note);
                    }
                }

                foreach (var note in notes)
                {
                    _console.Write(new NoteLine(note));
                }

                if (stopped)
                {
                    return;
                }

                if (frame is not null)
                {
                    context.UpdateTarget(Render(frame, _console.Profile.Width));
                }
            }
        });
    }
}
