using LoadTesting.Model.Judging;

namespace LoadTesting.Operator.Lifecycle;

/// <summary>Something to do outside; every one may be done again without harm. The set is closed.</summary>
public abstract record RunIntent
{
    private RunIntent()
    {
    }

    /// <summary>Create the plan's ConfigMap and the token's Secret.</summary>
    public sealed record CreateSupportingObjects : RunIntent;

    /// <summary>Create the Pod of a runner.</summary>
    /// <param name="Index">0-based.</param>
    public sealed record CreateRunner(int Index) : RunIntent;

    /// <summary>Delete the Pods of earlier runners of an index: what they would send, their successor sends.</summary>
    /// <param name="Index">0-based.</param>
    public sealed record DeletePredecessors(int Index) : RunIntent;

    /// <summary>See whether the target's workloads are rolled out, and ask a runner to wait until it answers.</summary>
    /// <param name="Index">0-based.</param>
    public sealed record AwaitTarget(int Index) : RunIntent;

    /// <summary>Ask a runner for setup.</summary>
    /// <param name="Index">0-based.</param>
    public sealed record RunSetup(int Index) : RunIntent;

    /// <summary>Post the start instant to a runner.</summary>
    /// <param name="Index">0-based.</param>
    /// <param name="At">T0 on that runner's own clock.</param>
    /// <param name="ResumeAt">Of a replacement: from when on, on that runner's own clock; null for a first runner.</param>
    public sealed record Start(int Index, DateTimeOffset At, DateTimeOffset? ResumeAt = null) : RunIntent;

    /// <summary>Ask a runner to start no iteration any more.</summary>
    /// <param name="Index">0-based.</param>
    /// <param name="Interrupt">Iterations in flight are cut off; otherwise they may end.</param>
    public sealed record Stop(int Index, bool Interrupt = false) : RunIntent;

    /// <summary>Ask a runner for verify.</summary>
    /// <param name="Index">0-based.</param>
    public sealed record RunVerify(int Index) : RunIntent;

    /// <summary>Ask a runner for teardown.</summary>
    /// <param name="Index">0-based.</param>
    public sealed record RunTeardown(int Index) : RunIntent;

    /// <summary>Store the evidence.</summary>
    /// <param name="Outcome">The verdict that it will have once that is done.</param>
    public sealed record StoreEvidence(VerdictDecision Outcome) : RunIntent;

    /// <summary>Tell a runner that its final snapshot is safe.</summary>
    /// <param name="Index">0-based.</param>
    public sealed record Acknowledge(int Index) : RunIntent;

    /// <summary>Delete all Pods of the run.</summary>
    public sealed record DeleteRunners : RunIntent;
}
