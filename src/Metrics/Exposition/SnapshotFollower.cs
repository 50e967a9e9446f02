namespace LoadTesting.Metrics.Exposition;

/// <summary>
/// A collector's side of scrapes that carry what has changed, for one runner: holds its last snapshot, and makes the next one of it and the answer. Whatever goes wrong,
/// the next answer is asked for as a whole. Not synchronised: one question at a time.
/// </summary>
/// <param name="pool">Series shared with the followers of other runners; null = none.</param>
public sealed class SnapshotFollower(SeriesPool? pool = null)
{
    private ulong _source;
    private WorkerSnapshot? _last;

    /// <summary>What the runner is told, so that its answer can be relative to it; null = nothing is known, and the answer is the whole.</summary>
    public string? Known => _last is null ? null : SnapshotHistory.Name(_source, _last.Sequence);

    /// <summary>The runner's snapshot, or what is wrong with the answer.</summary>
    public ExpositionReadResult Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > ExpositionReader.MaxBytes) return ExpositionReadResult.Fail($"the exposition is longer than {ExpositionReader.MaxBytes} bytes");
        (var result, _source) = CompactReader.Read(bytes, _source, _last, pool);
        _last = result.Snapshot;
        return result;
    }
}
