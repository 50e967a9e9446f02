using LoadTesting.Operator.Lifecycle;

namespace LoadTesting.Operator.Collection;

/// <summary>What this process knows of the job that a stage waits for. Nothing of it is needed by another process: that one begins to watch anew.</summary>
public sealed class JobWatch(DateTimeOffset since)
{
    /// <summary>Since when it is watched.</summary>
    public DateTimeOffset Since => since;

    /// <summary>Its Pod was made, or seen.</summary>
    public bool IsMade { get; set; }

    /// <summary>Why the API server made no Pod; null when it was not asked, or made it.</summary>
    public Obstacle? Refusal { get; set; }

    /// <summary>What the kubelet says about a Pod whose status says nothing; null when there is nothing.</summary>
    public string? MountTrouble { get; set; }

    /// <summary>Since when it is seen running; null before.</summary>
    public DateTimeOffset? RunsSince { get; set; }

    /// <summary>Since when its output cannot be read; null when it can.</summary>
    public DateTimeOffset? UnreadableSince { get; set; }

    /// <summary>Why its output is given up; null as long as it is not.</summary>
    public string? OutputTrouble { get; set; }
}
