namespace LoadTesting.Metrics;

/// <summary>What a metric is, wherever its samples come from. Two definitions are the same metric only if all three parts are equal.</summary>
public sealed record MetricDefinition
{
    /// <summary>k6's longest metric name.</summary>
    public const int MaxNameLength = 129;

    /// <summary>Throws <see cref="ArgumentException"/> for a name that <see cref="IsValidName"/> refuses: validate what users write first.</summary>
    public MetricDefinition(string name, MetricType type, MetricUnit unit = MetricUnit.None)
    {
        if (!IsValidName(name)) throw new ArgumentException($"'{name}' is no metric name", nameof(name));
        Name = name;
        Type = type;
        Unit = unit;
    }

    /// <summary>k6's name, e.g. <c>http_req_duration</c>; without the prefix and suffixes of the exposition formats.</summary>
    public string Name { get; }

    /// <summary>How samples are aggregated.</summary>
    public MetricType Type { get; }

    /// <summary>The unit in which samples are stored.</summary>
    public MetricUnit Unit { get; }

    /// <summary>k6's rule: <c>^[a-zA-Z_][a-zA-Z0-9_]{1,128}$</c>.</summary>
    public static bool IsValidName(string? name)
    {
        if (name is null || name.Length is < 2 or > MaxNameLength || char.IsAsciiDigit(name[0])) return false;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_') return false;
        }

        return true;
    }
}
