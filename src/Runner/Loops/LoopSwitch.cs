using System.Runtime.CompilerServices;

namespace LoadTesting.Runner.Loops;

/// <summary>Awaiting it continues on a loop's thread. Without a loop it goes on at once, or, where it yields, on whatever thread the platform chooses.</summary>
internal readonly struct LoopSwitch(EventLoop? loop, bool yields) : ICriticalNotifyCompletion
{
    public bool IsCompleted => !yields && loop is not { IsCurrent: false };

    public LoopSwitch GetAwaiter()
    {
        // Else the awaiting method takes the ambient values of this thread along, and what it calls on the loop saves and restores them for each continuation. They are this thread's again
        // when the method returns to its caller.
        if (loop is not null && !ExecutionContext.IsFlowSuppressed()) ExecutionContext.SuppressFlow();
        return this;
    }

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
