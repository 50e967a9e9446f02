namespace LoadTesting.Runner.Engine;

/// <summary>The time that the steps of a stage have together. Jobs have a time of their own each: while one runs, this clock stands.</summary>
internal sealed class StageTime : IDisposable
{
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _over;
    private TimeSpan _left;
    private long _since;

    public StageTime(TimeSpan limit, TimeProvider time)
    {
        (_left, _time, _since) = (limit, time, time.GetTimestamp());
        _over = new CancellationTokenSource(limit, time);
    }

    /// <summary>Cancelled when it is over.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Stops the clock until what is returned is disposed of.</summary>
    public IDisposable Pause()
    {
        _left -= _time.GetElapsedTime(_since);
        _over.CancelAfter(Timeout.InfiniteTimeSpan);
        return new Resumption(this);
    }

    /// <inheritdoc/>
    public void Dispose() => _over.Dispose();

    private void Resume()
    {
        _since = _time.GetTimestamp();
        _over.CancelAfter(_left > TimeSpan.Zero ? _left : TimeSpan.Zero);
    }

    private sealed class Resumption(StageTime stage) : IDisposable
    {
        public void Dispose() => stage.Resume();
    }
}
