using LoadTesting.Runner.Http;
using LoadTesting.Runner.Loops;

namespace LoadTesting.Runner.Engine.Timing;

/// <summary>Time as the engine sees it: the present instant in nanoseconds, and waiting for later ones: on an event loop with its timers, elsewhere with a waiter of its own.</summary>
internal sealed class EngineClock : IDisposable
{
    private readonly MonotonicClock _clock;
    private readonly Lazy<IWaiter> _waiter;

    public EngineClock(TimeProvider time)
    {
        _clock = new MonotonicClock(time);
        _waiter = new Lazy<IWaiter>(() => ReferenceEquals(time, TimeProvider.System) ? new PreciseWaiter(_clock) : new TimeProviderWaiter(_clock));
    }

    public long Now => _clock.Now;

    public TimeProvider Time => _clock.Time;

    public long FromTimestamp(long timestamp) => _clock.FromTimestamp(timestamp);

    /// <inheritdoc cref="IWaiter.WaitUntilAsync"/>
    public ValueTask<bool> WaitUntilAsync(long due, CancellationToken cancellation) =>
        EventLoop.Current is { } loop ? loop.WaitUntilAsync(due, cancellation) : _waiter.Value.WaitUntilAsync(due, cancellation);

    /// <inheritdoc cref="IWaiter.WaitPreciselyAsync"/>
    public ValueTask<bool> WaitPreciselyAsync(long due, CancellationToken cancellation) =>
        EventLoop.Current is { } loop ? loop.WaitUntilAsync(due, cancellation) : _waiter.Value.WaitPreciselyAsync(due, cancellation);

    public void Dispose()
    {
        if (_waiter.IsValueCreated) _waiter.Value.Dispose();
    }
}
