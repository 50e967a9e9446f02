using LoadTesting.Model.Contract;

namespace LoadTesting.Operator.Lifecycle;

/// <summary>One runner as seen now.</summary>
/// <param name="Index">0-based index in the plan.</param>
/// <param name="Pod">Its Pod.</param>
public sealed record RunnerObservation(int Index, PodSight Pod)
{
    /// <summary>What kubelet, scheduler or API server say about a Pod that does not run.</summary>
    public string? PodMessage { get; init; }

    /// <summary>Why the API server made no Pod; null when it was not asked, or made it.</summary>
    public Obstacle? Refusal { get; init; }

    /// <summary>Since when its Pod is kept from running, on our clock; null = as long as the phase lasts.</summary>
    public DateTimeOffset? TroubledSince { get; init; }

    /// <summary>The last state that its agent told, one of <see cref="AgentStates"/>; null if it never answered. Kept when the Pod goes.</summary>
    public string? Agent { get; init; }

    /// <summary>Why the agent refused its plan; null if it did not.</summary>
    public string? PlanRefusal { get; init; }

    /// <summary>The runner's clock minus ours.</summary>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>The agent's last answer; for one that has not answered this process, the instant since which this process listens.</summary>
    public DateTimeOffset LastHeard { get; init; }

    /// <summary>0 for the first runner of this index, one more for each replacement.</summary>
    public int Incarnation { get; init; }

    /// <summary>Of a replacement: from when on it sends load, on our clock; null before that was agreed.</summary>
    public DateTimeOffset? ResumeAt { get; init; }

    /// <summary>A Pod of an earlier runner of this index still runs: cut off from us, and perhaps not from the target.</summary>
    public bool IsHaunted { get; init; }

    /// <summary>It was lost before now (from the status): what it may still tell is no whole share.</summary>
    public bool WasLost { get; init; }

    /// <summary>Its final snapshot exists: it has nothing more to tell.</summary>
    public bool IsFinished => Agent is AgentStates.Finished or AgentStates.Acknowledged;

    /// <summary>SIGTERM ended its load before its plan did. It may say so before anything is seen of its Pod being taken away.</summary>
    public bool WasTerminated => Agent is AgentStates.Terminated;

    /// <summary>It waits for the start instant.</summary>
    public bool IsReady => Pod == PodSight.Running && Agent == AgentStates.Ready;

    /// <summary>
    /// After the load: it never heard of the start instant, and will not any more. It has nothing to end and no last snapshot to give. So it is when a run is
    /// stopped after T0 was written down and before it was posted to the runner.
    /// </summary>
    public bool HasNothingToEnd(DateTimeOffset now, TimeSpan silence) => Incarnation == 0 && IsReady && now - LastHeard <= silence;

    /// <summary>A replacement that has not begun yet and still may.</summary>
    public bool IsComing => Incarnation > 0 && (Agent is null or AgentStates.Preparing or AgentStates.Ready)
        && Pod is not (PodSight.Terminated or PodSight.OutOfMemory or PodSight.Deleting);

    /// <summary>
    /// What one of this index's runners said last may be the last that it ever says: it was replaced, its Pod does not run, or it has been silent for half as long as makes it a
    /// lost one.
    /// </summary>
    public bool MayBeTheLast(Metrics.WorkerSnapshot said, DateTimeOffset now, TimeSpan silence) =>
        said.Incarnation < Incarnation || Pod != PodSight.Running || WasTerminated || (!IsFinished && now - LastHeard > silence / 2);

    /// <summary>It can be asked something: its Pod runs and it answered within <paramref name="silence"/>.</summary>
    public bool Answers(DateTimeOffset now, TimeSpan silence) => Pod == PodSight.Running && Agent is not null && !WasTerminated && now - LastHeard <= silence;

    /// <summary>
    /// After the start: it will not deliver its whole share, because its Pod ended or is being taken away, or SIGTERM ended its load, or it was silent for longer than <paramref name="silence"/>.
    /// </summary>
    public bool IsLost(DateTimeOffset now, TimeSpan silence) => WasLost || WasTerminated || (!IsFinished && !IsComing && (Pod != PodSight.Running || now - LastHeard > silence));
}
