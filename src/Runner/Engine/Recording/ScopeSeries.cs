using LoadTesting.Metrics;

namespace LoadTesting.Runner.Engine.Recording;

/// <summary>The series of a scenario as a whole.</summary>
internal sealed class ScopeSeries
{
    private readonly WorkerRecorder _recorder;
    private readonly TagSet _tags;

    public ScopeSeries(WorkerRecorder recorder, TagSet tags)
    {
        (_recorder, _tags) = (recorder, tags);
        DataSent = recorder.Counter(BuiltInMetrics.DataSent, tags);
        DataReceived = recorder.Counter(BuiltInMetrics.DataReceived, tags);
    }

    public CounterSeries DataSent { get; }

    public CounterSeries DataReceived { get; }

    public CounterSeries Iterations => field ??= _recorder.Counter(BuiltInMetrics.Iterations, _tags);

    public TrendSeries IterationDuration => field ??= _recorder.Trend(BuiltInMetrics.IterationDuration, _tags);

    public CounterSeries Dropped => field ??= _recorder.Counter(BuiltInMetrics.DroppedIterations, _tags);

    public CounterSeries Interrupted => field ??= _recorder.Counter(BuiltInMetrics.InterruptedIterations, _tags);

    public CounterSeries Errors => field ??= _recorder.Counter(BuiltInMetrics.IterationErrors, _tags);

    public CounterSeries VuTime => field ??= _recorder.Counter(BuiltInMetrics.VuTime, _tags);

    public TrendSeries SendLag => field ??= _recorder.Trend(BuiltInMetrics.SendLag, _tags);
}
