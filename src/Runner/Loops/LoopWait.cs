using System.Threading.Tasks.Sources;

namespace LoadTesting.Runner.Loops;

/// <summary>Somebody on a loop waiting for an instant, or for cancellation. Used again and again by its loop.</summary>
internal sealed class LoopWait : LoopTimer, IValueTaskSource<bool>, ILoopWork
{
    private const int MostKept = 1024;

    [ThreadStatic]
    private static Stack<LoopWait>? spare;

    private EventLoop _loop = null!;
    private Completion<bool> _completion;
    private CancellationTokenRegistration _registration;

    /// <summary>Waits; on the loop's thread.</summary>
    public static ValueTask<bool> StartAsync(EventLoop loop, long due, CancellationToken cancellation)
    {
        var wait = (spare ??= []).TryPop(out var kept) ? kept : new LoopWait();
        wait._loop = loop;
        wait._completion.Begin();
        loop.SetTimer(wait, due);
        wait._registration = cancellation.UnsafeRegister(static w => ((LoopWait)w!).Cancelled(), wait);
        return new ValueTask<bool>(wait, wait._completion.Version);
    }

    // Cancelled: the timer may have come first, then the registration's end says that this object is not to be used again.
    void ILoopWork.Run()
    {
        _loop.RemoveTimer(this);
        if (_completion.IsPending) _completion.Set(false);
    }

    internal override void OnDue(long now) => _completion.Set(true);

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        var result = _completion.Result(token);

        // A cancellation that has begun may still post this object: it must then find nobody else's wait in it.
        var isOurs = !_registration.Token.CanBeCanceled || _registration.Unregister();
        _registration = default;
        if (isOurs && (spare ??= []).Count < MostKept) spare.Push(this);
        return result;
    }

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _completion.Status(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token);

    private void Cancelled() => _loop.Post(this);
}
