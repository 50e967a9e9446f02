using System.Globalization;

namespace LoadTesting.Metrics.Exposition;

/// <summary>
/// A runner's side of scrapes that carry what has changed: remembers the snapshots that it wrote last, and writes the next ones relative to the one that the asker
/// names. An asker that names none, or one that is forgotten, gets the whole. Safe for concurrent use.
/// </summary>
public sealed class SnapshotHistory
{
    // One asker needs one; another asker, a repeated question or an answer that was lost need a few more.
    private const int Remembered = 4;

    // Unlikely to be anybody else's; nobody is to be kept from guessing it, which would want a library of megabytes in each runner.
    private readonly ulong _source = (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue);
    private readonly Queue<WorkerSnapshot> _written = new();
    private readonly Lock _lock = new();

    /// <summary>The snapshot in <see cref="ExpositionFormat.Compact"/>.</summary>
    /// <param name="snapshot">One of this process; each has a sequence of its own.</param>
    /// <param name="known"><see cref="SnapshotFollower.Known"/> of the asker; null or anything else = it knows nothing.</param>
    public byte[] Write(WorkerSnapshot snapshot, string? known)
    {
        WorkerSnapshot? since;
        lock (_lock)
        {
            since = _written.FirstOrDefault(s => Name(_source, s.Sequence) == known);
            if (_written.All(s => s.Sequence != snapshot.Sequence))
            {
                _written.Enqueue(snapshot);
                if (_written.Count > Remembered) _written.Dequeue();
            }
        }

        return new CompactWriter().Write(_source, snapshot, since);
    }

    internal static string Name(ulong source, long sequence) => string.Create(CultureInfo.InvariantCulture, $"{source:x16}-{sequence}");
}
