namespace LoadTesting.Metrics;

/// <summary>What <see cref="SnapshotSet.Offer"/> did.</summary>
public enum OfferResult
{
    /// <summary>It is the worker's latest now.</summary>
    Accepted,

    /// <summary>The worker's snapshot at hand is as new or newer, or final: nothing changed.</summary>
    NotNewer,

    /// <summary>The run has no worker of that index: nothing changed.</summary>
    UnknownWorker,

    /// <summary>Not taken: a later incarnation of the worker has been heard of.</summary>
    Superseded,
}
