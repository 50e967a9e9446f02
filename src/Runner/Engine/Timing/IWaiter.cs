namespace LoadTesting.Runner.Engine.Timing;

/// <summary>Waits for instants of a <see cref="Http.MonotonicClock"/>. Deadlines are absolute, so that lateness never adds up.</summary>
internal interface IWaiter : IDisposable
{
    /// <summary>Waits until the instant; continues on the caller's usual threads.</summary>
    /// <returns>False when cancelled before.</returns>
    ValueTask<bool> WaitUntilAsync(long due, CancellationToken cancellation);

    /// <summary>The same for schedule loops, which want the instant itself: they continue on the waiter's own thread and must not stay there.</summary>
    /// <returns>False when cancelled before.</returns>
    ValueTask<bool> WaitPreciselyAsync(long due, CancellationToken cancellation);
}
