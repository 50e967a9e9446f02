namespace LoadTesting.Model.Spec;

/// <summary>What notation a feeder's file has.</summary>
public static class FeederFormats
{
    /// <summary>As the feeder says, else by the ending of what it names; null when neither tells. Rows that stand in the manifest have none.</summary>
    public static DataFormat? Of(FeederSpec feeder) => feeder.Format
        ?? new[] { feeder.ConfigMap?.Key, feeder.Secret?.Key, feeder.Volume?.Path, feeder.File }.OfType<string>().Select(OfName).FirstOrDefault(f => f is not null);

    /// <summary>By the ending of a file's name; null when it does not tell.</summary>
    public static DataFormat? OfName(string name) => name[(name.LastIndexOf('.') + 1)..].ToLowerInvariant() switch
    {
        "csv" => DataFormat.Csv,
        "json" => DataFormat.Json,
        "jsonl" or "ndjson" => DataFormat.Jsonl,
        _ => null,
    };
}
