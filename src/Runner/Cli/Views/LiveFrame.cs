using LoadTesting.Model.Judging;
using LoadTesting.Model.Reporting;

namespace LoadTesting.Runner.Cli.Views;

/// <summary>What a view shows at one moment of a run; a plain value, so that every view shows the same truth.</summary>
internal sealed record LiveFrame
{
    public required string Test { get; init; }

    /// <summary>What goes on, as in <c>setup</c>, <c>running</c>, <c>stopping</c>, <c>verify</c>.</summary>
    public required string Stage { get; init; }

    public TimeSpan Elapsed { get; init; }

    /// <summary>Regular end of the last scenario.</summary>
    public TimeSpan Planned { get; init; }

    public IReadOnlyList<ScenarioFrame> Scenarios { get; init; } = [];

    public long Requests { get; init; }

    public double ErrorRate { get; init; }

    public long Dropped { get; init; }

    /// <summary>
    /// Response time percentiles over the whole run so far, in ms, +∞ where that many requests were not answered; null before the first request ended.
    /// </summary>
    public (double P50, double P95, double P99)? Latency { get; init; }

    /// <summary>One point for each past second, oldest first.</summary>
    public IReadOnlyList<SeriesPoint> Series { get; init; } = [];

    /// <summary>Thresholds that do not hold at the moment, for people, in the manifest's order.</summary>
    public IReadOnlyList<OpenThreshold> Thresholds { get; init; } = [];
}

/// <summary>A threshold that does not hold at the moment.</summary>
/// <param name="Text">Metric, expression and how it stands.</param>
/// <param name="Outlook">What may still become of it.</param>
internal sealed record OpenThreshold(string Text, BreachOutlook Outlook);

/// <summary>One scenario's line.</summary>
internal sealed record ScenarioFrame(string Name, string Executor, double Fraction, long Vus, long MaxVus, long Iterations, long Dropped, string State);

/// <summary>Shows a run while it goes on.</summary>
internal interface IRunView : IAsyncDisposable
{
    /// <summary>The newest state; called a few times a second from one caller.</summary>
    void Show(LiveFrame frame);

    /// <summary>A line that stays, above whatever moves. Any thread.</summary>
    void Note(string text);

    /// <summary>A line of the test's own (<c>log</c> steps), on the error stream. Any thread.</summary>
    void Log(string text);

    /// <summary>Ends the moving part; what follows is printed below it.</summary>
    ValueTask StopAsync();
}
