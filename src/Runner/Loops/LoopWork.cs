namespace LoadTesting.Runner.Loops;

/// <summary>Something to run on a loop's thread.</summary>
internal interface ILoopWork
{
    /// <summary>Runs it; must not block and must not throw.</summary>
    void Run();
}

/// <summary>Receives the events of one file descriptor.</summary>
internal interface ILoopHandler
{
    /// <summary>Something happened; edge-triggered, so what is not taken now is not announced again.</summary>
    /// <param name="flags">See <see cref="Linux"/>.</param>
    void OnEvents(uint flags);
}

/// <summary>A continuation as work.</summary>
internal sealed class LoopAction(Action action) : ILoopWork
{
    public void Run() => action();
}
