using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Engine.Timing;

/// <summary>Waits with the timers of any <see cref="TimeProvider"/>: for tests, whose time is not real.</summary>
internal sealed class TimeProviderWaiter(MonotonicClock clock) : IWaiter
{
    public async ValueTask<bool> WaitUntilAsync(long due, CancellationToken cancellation)
    {
        // Again when a timer of coarser resolution came too early.
        for (var left = due - clock.Now; left > 0; left = due - clock.Now)
        {
            if (cancellation.IsCancellationRequested) return false;
            var wait = new Wait(continuesInline: false);
            wait.CancelOn(cancellation);
            await using var timer = clock.Time.CreateTimer(static w => ((Wait)w!).Reached(), wait, TimeSpan.FromTicks((left + 99) / 100), Timeout.InfiniteTimeSpan);
            if (!await wait.Task) return false;
        }

        return !cancellation.IsCancellationRequested;
    }

    public ValueTask<bool> WaitPreciselyAsync(long due, CancellationToken cancellation) => WaitUntilAsync(due, cancellation);

    public void Dispose()
    {
        // Its timers belong to those who wait.
    }
}
