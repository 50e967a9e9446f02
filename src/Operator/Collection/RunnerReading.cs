using LoadTesting.Metrics;

namespace LoadTesting.Operator.Collection;

/// <summary>One look at a runner.</summary>
/// <param name="State">The agent's state; null when it was silent.</param>
/// <param name="Snapshot">What it has measured; null when it was silent or wrote what cannot be read.</param>
/// <param name="Error">Why something is missing.</param>
public sealed record RunnerReading(string? State, WorkerSnapshot? Snapshot, string? Error)
{
    /// <summary>Our wall clock before the request was sent.</summary>
    public DateTimeOffset Sent { get; init; }

    /// <summary>Time from sending to the end of the answer.</summary>
    public TimeSpan RoundTrip { get; init; }

    /// <summary>The runner's wall clock when it answered.</summary>
    public DateTimeOffset? Clock { get; init; }

    /// <summary>The runner's clock minus ours, taking the answer for written in the middle of the round trip: wrong by at most half of it.</summary>
    public TimeSpan? Offset => Clock is { } clock ? clock - (Sent + (RoundTrip / 2)) : null;

    /// <summary>Something answered, and the answer was not taken: it was too long, or what answered does not have the run's key.</summary>
    public bool IsRefused { get; init; }

    /// <summary>It did not answer.</summary>
    public static RunnerReading Silent(string why) => new(null, null, why);
}
