using System.Runtime.CompilerServices;

namespace LoadTesting.Runner.Loops;

/// <summary>Awaiting it continues on a loop's thread; without a loop it yields to whatever the platform would continue on.</summary>
internal readonly struct LoopSwitch(EventLoop? loop, bool yields) : ICriticalNotifyCompletion
{
    public bool IsCompleted => !yields && loop is { IsCurrent: true };

    public LoopSwitch GetAwaiter() => this;

    public void GetResult()
    {
        // There is none.
    }

    public void OnCompleted(Action continuation)
    {
        if (loop is not null) loop.Post(new LoopAction(continuation));
        else default(YieldAwaitable.YieldAwaiter).OnCompleted(continuation);
    }

    public void UnsafeOnCompleted(Action continuation)
    {
        if (loop is not null) loop.Post(new LoopAction(continuation));
        else default(YieldAwaitable.YieldAwaiter).UnsafeOnCompleted(continuation);
    }
}
