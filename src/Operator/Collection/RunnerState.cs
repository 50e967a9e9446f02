using LoadTesting.Metrics;
using LoadTesting.Metrics.Exposition;
using LoadTesting.Model.Contract;
using LoadTesting.Operator.Lifecycle;

namespace LoadTesting.Operator.Collection;

/// <summary>What this process knows of one runner. Written by the run's own pass alone.</summary>
public sealed class RunnerState
{
    /// <param name="listeningSince">From when on silence counts.</param>
    /// <param name="incarnation">0 for the first runner of the index, one more for each replacement.</param>
    /// <param name="pool">Names of series that the run's runners share.</param>
    public RunnerState(DateTimeOffset listeningSince, int incarnation = 0, SeriesPool? pool = null) =>
        (LastHeard, Incarnation, Follower) = (listeningSince, incarnation, new SnapshotFollower(pool));

    /// <summary>Which of the runners of its index it is.</summary>
    public int Incarnation { get; }

    /// <summary>The last state that its agent told; null if it never answered.</summary>
    public string? Agent { get; private set; }

    /// <summary>Its last answer, or since when this process listens.</summary>
    public DateTimeOffset LastHeard { get; private set; }

    /// <summary>What it said last, for answers that carry what has changed since.</summary>
    public SnapshotFollower Follower { get; }

    /// <summary>Its clock.</summary>
    public ClockEstimate Clock { get; } = new();

    /// <summary>Why its agent refused the plan.</summary>
    public string? PlanRefusal { get; set; }

    /// <summary>Why the API server made no Pod for it; null when it was not asked, or made it.</summary>
    public Obstacle? PodRefusal { get; set; }

    /// <summary>What the kubelet says about a Pod whose status says nothing: volumes that it cannot mount. Null when there is nothing.</summary>
    public string? MountTrouble { get; set; }

    /// <summary>Since when something keeps its Pod from running; null when nothing does.</summary>
    public DateTimeOffset? TroubledSince { get; private set; }

    /// <summary>Something keeps its Pod from running now, or nothing does.</summary>
    public void Troubled(bool isTroubled, DateTimeOffset now) => TroubledSince = isTroubled ? TroubledSince ?? now : null;

    /// <summary>Why the last look failed; null when it did not.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Nothing more can come from it.</summary>
    public bool HasConcluded { get; private set; }

    /// <summary>Takes in what it said to an earlier process: after its final snapshot there is nothing more that it could be asked for.</summary>
    public void Remember(WorkerSnapshot snapshot)
    {
        if (snapshot.IsFinal && snapshot.Incarnation == Incarnation)
        {
            (Agent, HasConcluded) = (AgentStates.Finished, true);
        }
    }

    /// <summary>Takes a look in.</summary>
    public void Heard(RunnerReading reading, DateTimeOffset now)
    {
        Trouble = reading.Error;
        if (reading.State is not { } state)
        {
            return;
        }

        (Agent, LastHeard) = (state, now);
        Clock.Add(reading);
        HasConcluded = state is AgentStates.Finished or AgentStates.Acknowledged && reading.Snapshot is { IsFinal: true };
    }
}
