using LoadTesting.Metrics;
using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Engine.Recording;

/// <summary>The series that one kind of exchange goes to, looked up once.</summary>
internal sealed class ExchangeSeries
{
    private const long HalfSecond = 500_000_000;

    private readonly WorkerRecorder _recorder;
    private readonly TagSet _tags;
    private readonly bool _isExpected;
    private readonly CounterSeries _requests;
    private readonly RateSeries _failed;
    private readonly TrendSeries _duration;
    private readonly TrendSeries? _intended;
    private readonly TrendSeries? _failingAt;
    private readonly LoadOrigin? _origin;

    public ExchangeSeries(WorkerRecorder recorder, TagSet tags, bool isExpected, bool isOpen, LoadOrigin? origin)
    {
        if (!isExpected && origin is not null) (_origin, _failingAt) = (origin, recorder.Trend(BuiltInMetrics.FailingAt, tags));
        (_recorder, _tags, _isExpected) = (recorder, tags, isExpected);
        _requests = recorder.Counter(BuiltInMetrics.HttpReqs, tags);
        _failed = recorder.Rate(BuiltInMetrics.HttpReqFailed, tags);
        _duration = recorder.Trend(BuiltInMetrics.HttpReqDuration, tags);
        _intended = isOpen ? recorder.Trend(BuiltInMetrics.HttpReqIntendedDuration, tags) : null;
    }

    // Made when the first sample comes: of requests that are not answered some never have one.
    private TrendSeries FailedDuration => field ??= _recorder.Trend(BuiltInMetrics.HttpReqFailedDuration, _tags);

    private TrendSeries Blocked => field ??= _recorder.Trend(BuiltInMetrics.HttpReqBlocked, _tags);

    private TrendSeries Connecting => field ??= _recorder.Trend(BuiltInMetrics.HttpReqConnecting, _tags);

    private TrendSeries Handshaking => field ??= _recorder.Trend(BuiltInMetrics.HttpReqTlsHandshaking, _tags);

    private TrendSeries Sending => field ??= _recorder.Trend(BuiltInMetrics.HttpReqSending, _tags);

    private TrendSeries Waiting => field ??= _recorder.Trend(BuiltInMetrics.HttpReqWaiting, _tags);

    private TrendSeries Receiving => field ??= _recorder.Trend(BuiltInMetrics.HttpReqReceiving, _tags);

    /// <summary>
    /// Adds one exchange to all of them; the shard's lock is held. One without a complete answer has no duration, so it is longer than any limit; of its
    /// phases those that were completed have a sample.
    /// </summary>
    /// <param name="exchange">What to add.</param>
    /// <param name="lag">
    /// How late the iteration started, in open models. Every request of the iteration is taken as meant that much earlier than it was sent: for the first that
    /// is the planned instant, and pauses of the flow between requests are nobody's delay.
    /// </param>
    public void RecordLocked(Exchange exchange, long lag)
    {
        var timings = exchange.Timings;
        var isAnswered = exchange.Outcome == ExchangeOutcome.Response;
        _requests.Add(1);
        _failed.Add(!_isExpected);
        if (isAnswered)
        {
            _duration.RecordNanoseconds(timings.Duration);
            Receiving.RecordNanoseconds(timings.Receiving);
            _intended?.RecordNanoseconds(exchange.EndedAt - exchange.StartedAt + lag);
        }
        else
        {
            _duration.RecordOverflow();
            _intended?.RecordOverflow();
            FailedDuration.RecordNanoseconds(exchange.EndedAt - exchange.StartedAt);
        }

        if (isAnswered || timings.Progress >= ExchangeProgress.Connected)
        {
            Blocked.RecordNanoseconds(timings.Blocked);
            Connecting.RecordNanoseconds(timings.Connecting);
            Handshaking.RecordNanoseconds(timings.TlsHandshaking);
        }

        if (isAnswered || timings.Progress >= ExchangeProgress.Sent) Sending.RecordNanoseconds(timings.Sending);
        if (isAnswered || timings.Progress >= ExchangeProgress.Answering) Waiting.RecordNanoseconds(timings.Waiting);
        if (_failingAt is not null && _origin is { IsKnown: true } origin) RecordFailing(_failingAt, exchange.StartedAt - origin.At, exchange.EndedAt - origin.At);
    }

    // No more than some hundred for one exchange: what fails for minutes is seen well enough by fewer.
    private static void RecordFailing(TrendSeries series, long start, long end)
    {
        var step = Math.Max(HalfSecond, (end - start) / 200);
        for (var at = Math.Max(0, start); at < end; at += step) series.RecordNanoseconds(at);
        series.RecordNanoseconds(Math.Max(0, end));
    }
}
