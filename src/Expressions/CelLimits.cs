namespace LoadTesting.Expressions;

/// <summary>
/// What one expression may cost, so that no manifest can hang or fill a runner. The defaults are far above what checks
/// and request bodies need, and are reached within some tens of milliseconds.
/// </summary>
public sealed record CelLimits
{
    /// <summary>The defaults.</summary>
    public static readonly CelLimits Default = new();

    /// <summary>Longest source text in UTF-16 units. Default 65536.</summary>
    public int SourceLength { get; init; } = 65_536;

    /// <summary>Deepest nesting of the syntax tree, which bounds every recursion over it. Default 250.</summary>
    public int Depth { get; init; } = 250;

    /// <summary>
    /// Steps of one evaluation: 1 per function call and per turn of a macro, 1 per element copied or compared,
    /// 1 per 16 characters read or written. Default one million.
    /// </summary>
    public long Steps { get; init; } = 1_000_000;

    /// <summary>
    /// Largest value an expression may build: characters of a string, octets of bytes, elements of a list or map with
    /// everything inside them. Default 4 Mi.
    /// </summary>
    public long Size { get; init; } = 4 << 20;
}
