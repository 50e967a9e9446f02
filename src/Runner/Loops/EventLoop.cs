using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Loops;

/// <summary>
/// One thread with its own sockets, timers and work: everything that a virtual user does happens on the thread of its loop, so nothing needs a lock. Other
/// threads may only <see cref="Post"/>. There is no synchronisation context: continuations run where a result is set, which for everything that a loop offers
/// is the loop's thread; code that awaited something foreign comes back with <see cref="SwitchTo"/>.
/// </summary>
internal sealed unsafe class EventLoop : IDisposable
{
    /// <summary>Octets that one system call reads at most.</summary>
    public const int ReceiveBufferSize = 64 * 1024;

    private const int EventCapacity = 256;
    private const long LongestWait = 1_000_000_000;
    private const long NearTimer = 1_000_000;
    private const uint AllEvents = Linux.Readable | Linux.Writable | Linux.PeerClosed | Linux.EdgeTriggered;

    [ThreadStatic]
    private static EventLoop? current;

    private readonly MonotonicClock _clock;
    private readonly LoopRegistry _registry;
    private readonly TimerHeap _timers = new();
    private readonly Queue<ILoopWork> _own = new();
    private readonly ConcurrentQueue<ILoopWork> _posted = new();
    private readonly Thread _thread;
    private readonly int _wakeUp;
    private bool _lacksPwait2;
    private int _isAsleep;
    private volatile bool _isStopping;

    public EventLoop(MonotonicClock clock, string name)
    {
        _clock = clock;
        _registry = new LoopRegistry();
        _wakeUp = Linux.EventDescriptor(0, 0x800 | 0x80000);
        if (_wakeUp < 0) throw new InvalidOperationException($"no event descriptor: {Linux.Text(Linux.LastError)}");
        _registry.Add(_wakeUp, Linux.Readable | Linux.EdgeTriggered, new WakeUp());
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.UnsafeStart();
    }

    /// <summary>The loop whose thread this is; null on other threads.</summary>
    public static EventLoop? Current => current;

    public bool IsCurrent => current == this;

    /// <summary>Memory that belongs to whoever runs on the loop, until it returns to it.</summary>
    public byte[] ReceiveBuffer { get; } = GC.AllocateUninitializedArray<byte>(ReceiveBufferSize, pinned: true);

    public LoopStatistics Statistics { get; } = new();

    public long Now => _clock.Now;

    /// <summary>Runs work on the loop, soon; from any thread.</summary>
    public void Post(ILoopWork work)
    {
        if (IsCurrent)
        {
            _own.Enqueue(work);
            return;
        }

        _posted.Enqueue(work);
        if (Interlocked.Exchange(ref _isAsleep, 0) == 1) Linux.Wake(_wakeUp);
    }

    /// <summary>Continues on the loop's thread: at once when it already is there.</summary>
    public LoopSwitch SwitchTo() => new(this, yields: false);

    /// <summary>Lets everybody else on the loop have a turn.</summary>
    public LoopSwitch Yield() => new(this, yields: true);

    /// <summary>Watches a descriptor; gives the number to unwatch it with. On the loop's thread only, as everything below.</summary>
    public int Watch(int descriptor, ILoopHandler handler) => _registry.Add(descriptor, AllEvents, handler);

    /// <summary>Forgets a descriptor, of which events that were already taken are not told any more; closing it is the caller's.</summary>
    public void Unwatch(int number) => _registry.Remove(number);

    public void SetTimer(LoopTimer timer, long due) => _timers.Set(timer, due);

    public void RemoveTimer(LoopTimer timer) => _timers.Remove(timer);

    /// <summary>Waits until an instant; false when cancelled before.</summary>
    public ValueTask<bool> WaitUntilAsync(long due, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return new ValueTask<bool>(false);
        return due <= Now ? new ValueTask<bool>(true) : LoopWait.StartAsync(this, due, cancellation);
    }

    public void Dispose()
    {
        if (_isStopping) return;
        _isStopping = true;
        Linux.Wake(_wakeUp);
        if (!IsCurrent) _thread.Join();
    }

    private void Run()
    {
        current = this;

        // Nobody on a loop has ambient values; capturing and restoring them would cost each continuation.
        ExecutionContext.SuppressFlow();
        LinuxScheduling.KeepInstants();
        var events = (byte*)NativeMemory.Alloc((nuint)(EventCapacity * Linux.EventSize));
        while (!_isStopping) Turn(events);

        // What was posted for the end (closing connections) still happens.
        while (_own.Count > 0 || !_posted.IsEmpty) RunWork();
        NativeMemory.Free(events);
        _registry.Dispose();
        Linux.Close(_wakeUp);
    }

    private void Turn(byte* events)
    {
        RunWork();
        RunTimers(Now);
        var now = Now;
        Statistics.TurnEnds(now);
        var wait = _own.Count > 0 ? 0 : Math.Clamp(_timers.NextDue - now, 0, LongestWait);
        if (wait > 0)
        {
            // Whoever posts after this wakes the loop; who posted before is seen here.
            Interlocked.Exchange(ref _isAsleep, 1);
            if (!_posted.IsEmpty) wait = 0;
        }

        var count = Wait(events, wait);
        Volatile.Write(ref _isAsleep, 0);
        now = Now;
        Statistics.TurnBegins(now);
        for (var i = 0; i < count; i++)
        {
            _registry.Find(Linux.EventData(events, i))?.OnEvents(Linux.EventFlags(events, i));

            // An arrival must not wait for the rest of the events; who looks at the clock only when one is near spares most of the looking.
            if (_timers.NextDue - now < NearTimer) RunTimers(Now);
        }
    }

    private void RunWork()
    {
        // As many as there are now: who posts again has another turn.
        for (var left = _own.Count; left > 0; left--) _own.Dequeue().Run();
        for (var left = _posted.Count; left > 0 && _posted.TryDequeue(out var work); left--) work.Run();
    }

    private void RunTimers(long now)
    {
        while (_timers.TakeDue(now) is { } timer)
        {
            timer.OnDue(now);
            now = Now;
        }
    }

    private int Wait(byte* events, long nanoseconds)
    {
        if (!_lacksPwait2)
        {
            var count = Linux.EpollWait(_registry.Epoll, events, EventCapacity, nanoseconds);
            if (count >= 0 || Linux.LastError != Linux.NoSystemCall) return count;
            _lacksPwait2 = true;
        }

        // Before Linux 5.11: whole milliseconds rounded down, then without sleeping until the instant.
        return Linux.EpollWaitMilliseconds(_registry.Epoll, events, EventCapacity, (int)(nanoseconds / 1_000_000));
    }

    private sealed class WakeUp : ILoopHandler
    {
        public void OnEvents(uint flags)
        {
            // Edge-triggered: the next write is another event without reading this one. Waking is all it is for.
        }
    }
}
