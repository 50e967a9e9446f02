using System.Diagnostics.CodeAnalysis;

namespace LoadTesting.Metrics.Exposition;

/// <summary>A snapshot, or what is wrong with the bytes: whoever answers a scrape may send anything.</summary>
public sealed class ExpositionReadResult
{
    private ExpositionReadResult(WorkerSnapshot? snapshot, string? error) => (Snapshot, Error) = (snapshot, error);

    /// <summary>Null exactly when there is an error.</summary>
    public WorkerSnapshot? Snapshot { get; }

    /// <summary>One sentence for a person; null exactly when there is a snapshot.</summary>
    public string? Error { get; }

    /// <summary>Whether there is a snapshot.</summary>
    [MemberNotNullWhen(true, nameof(Snapshot))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsOk => Snapshot is not null;

    internal static ExpositionReadResult Of(WorkerSnapshot snapshot) => new(snapshot, null);

    internal static ExpositionReadResult Fail(string error) => new(null, error);
}
