namespace LoadTesting.Metrics.Exposition;

/// <summary>
/// What a runner answers the operator once a second: the snapshot, or what has changed since one that the asker names, about a byte for each bucket that has. Numbers are
/// LEB128 varints (signed ones zigzag), doubles little endian; a text is 0, its length and its UTF-8 when it comes first, and then its number among the texts so far.
/// <code>
/// snapshot  = "LTS1" source:8 bytes base:varint worker incarnation sequence offset:signed final:byte changed* 0 added:varint (definition value)*
/// changed   = steps:varint value                    steps: to the changed series from the one before it, in the order of the base's series, ≥ 1
/// definition = name:text type:byte unit:byte tags:varint (key:text value:text)*
/// value     = counter: sum | rate: trues total | gauge: sum sum sum | distinct: 0 n hash* or 1 registers | trend: histogram
/// sum       = length:varint mantissa:two's complement bytes exponent:signed (nothing after a length of 0, which is 0)
/// histogram = flags:byte [schema:signed] count:varint zeros:varint sum [min:double max:double] buckets(positive) [buckets(negative)]
/// buckets   = n:varint [first:signed] bucket*        n of them; a bucket is a byte: gap - 1 in its lower five bits, count - 1 in its upper three; 31 and 7 mean that
///                                                    a varint follows with what is above (gap first). The gap of the first bucket is 1
/// </code>
/// <c>base</c> is 0 for a whole snapshot, else one more than the sequence of the snapshot that it is relative to; <c>source</c> is a number that a process draws when it begins, so
/// that the snapshots of two never meet. A histogram that is relative has the counts that came since; its own count, sum and extremes are those of the whole, and the
/// reader compares the count with what it has added up.
/// </summary>
internal static class CompactFormat
{
    public const int GapBits = 5;
    public const int GapMask = (1 << GapBits) - 1;
    public const int CountMask = 7;

    /// <summary>Flag: the counts are those since the base; without it, the schema follows.</summary>
    public const byte Relative = 1;

    /// <summary>Flag: there are buckets below zero.</summary>
    public const byte HasNegative = 2;

    /// <summary>Flag: minimum and maximum are those of the base.</summary>
    public const byte SameExtremes = 4;

    public static ReadOnlySpan<byte> Magic => "LTS1"u8;
}
