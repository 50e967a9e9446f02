namespace LoadTesting.Model.Spec;

/// <summary>
/// Rows of data for iterations, read as <c>data.NAME</c>. They come from exactly one of <see cref="Rows"/>, <see cref="ConfigMap"/>, <see cref="Secret"/>,
/// <see cref="Volume"/> and <see cref="File"/>; only a file may stand beside one of the others: it is what the desk reads instead.
/// </summary>
public sealed record FeederSpec
{
    /// <summary>A C identifier.</summary>
    public required string Name { get; init; }

    /// <summary>A file. At the desk a relative path starts at the manifest; in a cluster it must be an absolute path in the runner's container.</summary>
    public string? File { get; init; }

    /// <summary>A key of a ConfigMap. In a cluster only; the desk reads <see cref="File"/>, or what <c>--data NAME=FILE</c> names.</summary>
    public DataKey? ConfigMap { get; init; }

    /// <summary>A key of a Secret, as <see cref="ConfigMap"/>.</summary>
    public DataKey? Secret { get; init; }

    /// <summary>A file in one of the volumes of <c>runners.volumes</c>, as <see cref="ConfigMap"/>.</summary>
    public DataVolume? Volume { get; init; }

    /// <summary>The rows themselves; at most 1000. Null = they come from elsewhere.</summary>
    public IReadOnlyList<SpecNode>? Rows { get; init; }

    /// <summary>How the file is written; null = by its ending: <c>.csv</c>, <c>.json</c>, <c>.jsonl</c> or <c>.ndjson</c>.</summary>
    public DataFormat? Format { get; init; }

    /// <summary>Separator of a CSV file, one character. Default a comma.</summary>
    public string Delimiter { get; init; } = ",";

    /// <summary>Which row an iteration gets. Default <see cref="DataPick.Sequential"/>.</summary>
    public DataPick Pick { get; init; }

    /// <summary>How long a row is kept. Default <see cref="DataScope.Iteration"/>.</summary>
    public DataScope Per { get; init; }

    /// <summary>What happens when <see cref="DataPick.Unique"/> rows have run out. Default <see cref="ExhaustionPolicy.Fail"/>.</summary>
    public ExhaustionPolicy OnExhausted { get; init; }
}

/// <summary>A key of a ConfigMap or Secret in the test's namespace.</summary>
public sealed record DataKey
{
    /// <summary>The object's name.</summary>
    public required string Name { get; init; }

    /// <summary>The key; its ending says the format unless the feeder does.</summary>
    public required string Key { get; init; }
}

/// <summary>A file in a volume.</summary>
public sealed record DataVolume
{
    /// <summary>Name of a volume in <c>runners.volumes</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Path of the file within the volume: relative, no part of it <c>..</c>, e.g. <c>rows/users.csv</c>.</summary>
    public required string Path { get; init; }
}

/// <summary>Notation of a data file.</summary>
public enum DataFormat
{
    /// <summary>Comma-separated values (RFC 4180) with a header line; all values are strings.</summary>
    Csv,

    /// <summary>One JSON array; an element is a row and keeps its types.</summary>
    Json,

    /// <summary>One JSON value in each line; empty lines are skipped.</summary>
    Jsonl,
}

/// <summary>
/// Which row an iteration gets. All depend on numbers that are the same for any number of runners, so that n runners together use the rows that one would.
/// </summary>
public enum DataPick
{
    /// <summary>By the iteration's number in the scenario over all runners, from the first row on and again from the beginning after the last.</summary>
    Sequential,

    /// <summary>A pseudo-random row; the same iteration gets the same row in every run, so that runs compare.</summary>
    Random,

    /// <summary>Each row at most once in the whole test, over all scenarios and runners.</summary>
    Unique,
}

/// <summary>How long a row is kept.</summary>
public enum DataScope
{
    /// <summary>Each iteration gets its own.</summary>
    Iteration,

    /// <summary>A virtual user keeps its row, chosen by its number in the whole test.</summary>
    Vu,
}

/// <summary>What happens when unique rows have run out.</summary>
public enum ExhaustionPolicy
{
    /// <summary>The scenario ends, and the run is an Error: the load that was meant was not sent.</summary>
    Fail,

    /// <summary>The scenario ends, as if its time were over.</summary>
    Stop,

    /// <summary>The rows are used again from the first on.</summary>
    Wrap,
}
