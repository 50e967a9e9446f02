namespace LoadTesting.Metrics;

/// <summary>What one worker says it has measured up to a moment.</summary>
public sealed record WorkerSnapshot
{
    /// <summary>Largest magnitude of a sequence or offset, 2^53: the exposition formats carry them as doubles. As nanoseconds it is 104 days.</summary>
    public const long MaxExact = 1L << 53;

    /// <summary>Throws <see cref="ArgumentOutOfRangeException"/> for values outside the documented ranges.</summary>
    public WorkerSnapshot(int worker, long sequence, long offsetNanoseconds, bool isFinal, Snapshot snapshot, int incarnation = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(worker);
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence, MaxExact);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offsetNanoseconds, MaxExact);
        ArgumentOutOfRangeException.ThrowIfLessThan(offsetNanoseconds, -MaxExact);
        ArgumentOutOfRangeException.ThrowIfNegative(incarnation);
        (Worker, Sequence, OffsetNanoseconds, IsFinal, Snapshot, Incarnation) = (worker, sequence, offsetNanoseconds, isFinal, snapshot, incarnation);
    }

    /// <summary>Index of the worker, from 0.</summary>
    public int Worker { get; }

    /// <summary>Which process is this worker's: 0 = the first, 1 = the one that replaced it when it was lost, and so on. Each counts from nothing.</summary>
    public int Incarnation { get; }

    /// <summary>Grows with every snapshot that the worker takes; from 0 to 2^53.</summary>
    public long Sequence { get; }

    /// <summary>When it was taken, in nanoseconds after T0 (negative before the start); magnitude at most 2^53.</summary>
    public long OffsetNanoseconds { get; }

    /// <summary>Whether the worker has finished: nothing will be added.</summary>
    public bool IsFinal { get; }

    /// <summary>All of the incarnation's series since its beginning, not since the last snapshot.</summary>
    public Snapshot Snapshot { get; }
}
