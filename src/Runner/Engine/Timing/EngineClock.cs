using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Engine.Timing;

/// <summary>Time as the engine sees it: the present instant in nanoseconds, and waiting for later ones.</summary>
internal sealed class EngineClock : IDisposable
{
    private readonly MonotonicClock _clock;
    private readonly IWaiter _waiter;

    public EngineClock(TimeProvider time)
    {
        _clock = new MonotonicClock(time);
        _waiter = ReferenceEquals(time, TimeProvider.System) ? new PreciseWaiter(_clock) : new TimeProviderWaiter(_clock);
    }

    public long Now => _clock.Now;

    public TimeProvider Time => _clock.Time;

    public long FromTimestamp(long timestamp) => _clock.FromTimestamp(timestamp);

    /// <inheritdoc cref="IWaiter.WaitUntilAsync"/>
    public ValueTask<bool> WaitUntilAsync(long due, CancellationToken cancellation) => _waiter.WaitUntilAsync(due, cancellation);

    /// <inheritdoc cref="IWaiter.WaitPreciselyAsync"/>
    public ValueTask<bool> WaitPreciselyAsync(long due, CancellationToken cancellation) => _waiter.WaitPreciselyAsync(due, cancellation);

    public void Dispose() => _waiter.Dispose();
}
