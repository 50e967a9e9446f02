using LoadTesting.Metrics;
using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Engine.Recording;

/// <summary>The series that one kind of exchange goes to, looked up once.</summary>
internal sealed class ExchangeSeries
{
    private const long HalfSecond = 500_000_000;

    private readonly bool _isExpected;
    private readonly CounterSeries _requests;
    private readonly RateSeries _failed;
    private readonly TrendSeries _duration;
    private readonly TrendSeries _blocked;
    private readonly TrendSeries _connecting;
    private readonly TrendSeries _handshaking;
    private readonly TrendSeries _sending;
    private readonly TrendSeries _waiting;
    private readonly TrendSeries _receiving;
    private readonly TrendSeries? _intended;
    private readonly TrendSeries? _failingAt;
    private readonly LoadOrigin? _origin;

    public ExchangeSeries(WorkerRecorder recorder, TagSet tags, bool isExpected, bool isOpen, LoadOrigin? origin)
    {
        if (!isExpected && origin is not null) (_origin, _failingAt) = (origin, recorder.Trend(BuiltInMetrics.FailingAt, tags));
        _isExpected = isExpected;
        _requests = recorder.Counter(BuiltInMetrics.HttpReqs, tags);
        _failed = recorder.Rate(BuiltInMetrics.HttpReqFailed, tags);
        _duration = recorder.Trend(BuiltInMetrics.HttpReqDuration, tags);
        _blocked = recorder.Trend(BuiltInMetrics.HttpReqBlocked, tags);
        _connecting = recorder.Trend(BuiltInMetrics.HttpReqConnecting, tags);
        _handshaking = recorder.Trend(BuiltInMetrics.HttpReqTlsHandshaking, tags);
        _sending = recorder.Trend(BuiltInMetrics.HttpReqSending, tags);
        _waiting = recorder.Trend(BuiltInMetrics.HttpReqWaiting, tags);
        _receiving = recorder.Trend(BuiltInMetrics.HttpReqReceiving, tags);
        _intended = isOpen ? recorder.Trend(BuiltInMetrics.HttpReqIntendedDuration, tags) : null;
    }

    /// <summary>Adds one exchange to all of them; the shard's lock is held.</summary>
    /// <param name="exchange">What to add.</param>
    /// <param name="lag">
    /// How late the iteration started, in open models. Every request of the iteration is taken as meant that much earlier than it was sent: for the first that
    /// is the planned instant, and pauses of the flow between requests are nobody's delay.
    /// </param>
    public void RecordLocked(Exchange exchange, long lag)
    {
        var timings = exchange.Timings;
        _requests.Add(1);
        _failed.Add(!_isExpected);
        _duration.RecordNanoseconds(timings.Duration);
        _blocked.RecordNanoseconds(timings.Blocked);
        _connecting.RecordNanoseconds(timings.Connecting);
        _handshaking.RecordNanoseconds(timings.TlsHandshaking);
        _sending.RecordNanoseconds(timings.Sending);
        _waiting.RecordNanoseconds(timings.Waiting);
        _receiving.RecordNanoseconds(timings.Receiving);
        _intended?.RecordNanoseconds(exchange.EndedAt - exchange.StartedAt + lag);
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
