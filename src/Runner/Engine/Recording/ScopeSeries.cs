using System.Globalization;
using LoadTesting.Metrics;
using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Engine.Recording;

/// <summary>The series of a scenario as a whole.</summary>
internal sealed class ScopeSeries
{
    // Enough to see what is wrong; errors with a value in their text differ from row to row.
    private const int MostErrors = 20;

    private readonly WorkerRecorder _recorder;
    private readonly TagSet _tags;
    private readonly Dictionary<TestError, CounterSeries> _errors = [];
    private readonly Dictionary<TransportError, CounterSeries> _unanswered = [];
    private CounterSeries? _answered;
    private readonly Dictionary<string, CounterSeries> _moreErrors = new(StringComparer.Ordinal);

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

    public CounterSeries CutOff => field ??= _recorder.Counter(BuiltInMetrics.RequestsCutOff, _tags);

    public CounterSeries VuTime => field ??= _recorder.Counter(BuiltInMetrics.VuTime, _tags);

    public TrendSeries SendLag => field ??= _recorder.Trend(BuiltInMetrics.SendLag, _tags);

    /// <summary>Counts a request by how it ended; one that was cut off is counted elsewhere.</summary>
    public void CountLocked(Exchange exchange)
    {
        if (exchange is { Outcome: ExchangeOutcome.Response, Error: TransportError.None })
        {
            (_answered ??= _recorder.Counter(BuiltInMetrics.RequestsAnswered, _tags)).Add(1);
            return;
        }

        var error = exchange.Error == TransportError.None ? TransportError.Generic : exchange.Error;
        if (!_unanswered.TryGetValue(error, out var series))
        {
            var tags = _tags.With("error", TransportErrors.Text(error)).With("error_code", ((int)error).ToString(CultureInfo.InvariantCulture));
            _unanswered[error] = series = _recorder.Counter(TransportErrors.NeverLeft(error) ? BuiltInMetrics.RequestsUnsent : BuiltInMetrics.RequestsUnanswered, tags);
        }

        series.Add(1);
    }

    /// <summary>Where iterations are counted that an error of the test ended. What errors say may differ each time; only so many are told apart.</summary>
    public CounterSeries TestErrorsLocked(TestError error)
    {
        if (_errors.TryGetValue(error, out var known)) return known;
        if (_errors.Count < MostErrors) return _errors[error] = _recorder.Counter(BuiltInMetrics.TestErrors, _tags.With("at", error.At).With("error", error.Message));

        // The places are those of the test; what is said there need not be.
        if (!_moreErrors.TryGetValue(error.At, out var more)) _moreErrors[error.At] = more = _recorder.Counter(BuiltInMetrics.TestErrors, _tags.With("at", error.At));
        return more;
    }
}
