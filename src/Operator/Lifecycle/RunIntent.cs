namespace LoadTesting.Operator.Lifecycle;

/// <summary>Something to do outside; every one may be done again without harm. The set is closed.</summary>
public abstract record RunIntent
{
    private RunIntent()
    {
    }

    /// <summary>Create plan ConfigMap, token and Service.</summary>
    public sealed record CreateSupportingObjects : RunIntent;

    /// <summary>Create the Pod of a runner.</summary>
    /// <param name="Index">0-based.</param>
    public sealed record CreateRunner(int Index) : RunIntent;

    /// <summary>Ask runner 0 for setup.</summary>
    public sealed record RunSetup : RunIntent;

    /// <summary>Post the start instant to a runner.</summary>
    /// <param name="Index">0-based.</param>
    /// <param name="At">T0 on that runner's own clock.</param>
    public sealed record Start(int Index, DateTimeOffset At) : RunIntent;

    /// <summary>Ask a runner to stop its load gracefully.</summary>
    /// <param name="Index">0-based.</param>
    public sealed record Stop(int Index) : RunIntent;

    /// <summary>Ask runner 0 for verify.</summary>
    public sealed record RunVerify : RunIntent;

    /// <summary>Ask runner 0 for teardown.</summary>
    public sealed record RunTeardown : RunIntent;

    /// <summary>Store the evidence.</summary>
    public sealed record StoreEvidence : RunIntent;

    /// <summary>Tell a runner that its final snapshot is safe.</summary>
    /// <param name="Index">0-based.</param>
    public sealed record Acknowledge(int Index) : RunIntent;

    /// <summary>Delete all Pods of the run.</summary>
    public sealed record DeleteRunners : RunIntent;

    /// <summary>Let a deleted run go.</summary>
    public sealed record ReleaseFinalizer : RunIntent;
}
