using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Engine.Timing;

/// <summary>
/// Waits on one thread of its own to some tens of microseconds: the platform's timers come only every millisecond or later, which at 500 arrivals a second
/// would be half of a period. The thread sleeps in whole milliseconds while it can be woken, and the last fraction with the kernel's high-resolution sleep.
/// </summary>
internal sealed class PreciseWaiter : IWaiter
{
    private const long Millisecond = 1_000_000;

    // Monitor.Wait is up to this much late; what is left when it returns early is slept precisely.
    private const long CoarseError = 200_000;

    private readonly MonotonicClock _clock;
    private readonly object _lock = new();
    private readonly PriorityQueue<Wait, long> _queue = new();
    private readonly Thread _thread;
    private bool _isDisposed;

    public PreciseWaiter(MonotonicClock clock)
    {
        _clock = clock;
        _thread = new Thread(Run) { IsBackground = true, Name = "loadtest-clock", Priority = ThreadPriority.Highest };
        _thread.Start();
    }

    public ValueTask<bool> WaitUntilAsync(long due, CancellationToken cancellation) => EnqueueAsync(due, inline: false, cancellation);

    public ValueTask<bool> WaitPreciselyAsync(long due, CancellationToken cancellation) => EnqueueAsync(due, inline: true, cancellation);

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            Monitor.Pulse(_lock);
        }

        if (Thread.CurrentThread != _thread) _thread.Join();
    }

    private ValueTask<bool> EnqueueAsync(long due, bool inline, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return new ValueTask<bool>(false);
        if (due <= _clock.Now) return new ValueTask<bool>(true);
        var wait = new Wait(inline);
        wait.CancelOn(cancellation);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var isFirst = !_queue.TryPeek(out _, out var first) || due < first;
            _queue.Enqueue(wait, due);
            if (isFirst) Monitor.Pulse(_lock);
        }

        return new ValueTask<bool>(wait.Task);
    }

    private void Run()
    {
        while (true)
        {
            Wait? ready = null;
            var left = 0L;
            lock (_lock)
            {
                if (_isDisposed) return;
                if (!_queue.TryPeek(out _, out var due))
                {
                    Monitor.Wait(_lock);
                    continue;
                }

                left = due - _clock.Now;
                if (left <= 0)
                {
                    ready = _queue.Dequeue();
                }
                else if (left > Millisecond + CoarseError)
                {
                    Monitor.Wait(_lock, (int)Math.Min((left - CoarseError) / Millisecond, int.MaxValue));
                    continue;
                }
            }

            if (ready is null) HighResolutionSleep.For(left);
            else ready.Reached();
        }
    }
}
