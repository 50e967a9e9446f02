namespace LoadTesting.Metrics.Exposition;

/// <summary>
/// What a runner answers the operator once a second: the snapshot, or what has changed since one that the asker names, four to eight bits for each bucket that has. Numbers are
/// LEB128 varints (signed ones zigzag), doubles little endian; a text is 0, its length and its UTF-8 when it comes first, and then its number among the texts so far.
/// <code>
/// snapshot  = "LTS3" source:8 bytes base:varint worker incarnation sequence offset:signed final:byte changed* 0 added:varint (definition value)*
/// changed   = steps:varint value                    steps: to the changed series from the one before it, in the order of the base's series, ≥ 1
/// definition = name:text type:byte unit:byte tags:varint (key:text value:text)*
/// value     = counter: sum | rate: trues total | gauge: sum sum sum | distinct: 0 n hash* or 1 registers | trend: histogram
/// sum       = length:varint mantissa:two's complement bytes exponent:signed (nothing after a length of 0, which is 0)
/// histogram = flags:byte [schema:signed] count:varint zeros:varint [overflow:varint] sum [min:double max:double] buckets(positive) [buckets(negative)]
/// buckets   = pages:varint [first:signed page* fill] pages: those 64 buckets of which some are not empty, by ascending number, index >> 6; first: the number of the first
/// page      = gap form:3 mask counts                 in bits, of every byte and number the least significant first; after the last page up to 7 bits fill the byte
/// gap       = 0 | 1 width:4 rest:width               pages left out before it: none, or 2^width + rest; of the first page always none
/// mask      = 1 bits:64 | 0 groups                   which of the 64 are not empty, the lowest index first
/// groups    = 4 bits, for which quarters of the 64 there are then 4 bits, for which groups of four buckets there are then 4 bits
/// counts    = form 7: width:6 (count - 1:width)*     one for each bucket in the mask, ascending
///             else plane*                            as many as form says: one bit for each bucket in the mask, or with a 1 in the plane before; its count is one more than
///                                                    it has ones
/// </code>
/// <c>base</c> is 0 for a whole snapshot, else one more than the sequence of the snapshot that it is relative to; <c>source</c> is a number that a process draws when it begins, so
/// that the snapshots of two never meet. A histogram that is relative has the counts that came since; its own count, sum and extremes are those of the whole, and the
/// reader compares the count with what it has added up. Minimum and maximum are those of the finite observations.
/// Version 2 ("LTS2", of runners before 0022) is the same without the overflow bucket; it is still read.
/// </summary>
internal static class CompactFormat
{
    /// <summary>Flag: the counts are those since the base; without it, the schema follows.</summary>
    public const byte Relative = 1;

    /// <summary>Flag: there are buckets below zero.</summary>
    public const byte HasNegative = 2;

    /// <summary>Flag: minimum and maximum are those of the base.</summary>
    public const byte SameExtremes = 4;

    /// <summary>Flag: the number of observations in the overflow bucket follows; of a relative histogram those that came since.</summary>
    public const byte HasOverflow = 8;

    public static ReadOnlySpan<byte> Magic => "LTS3"u8;

    /// <summary>What version 2 begins with.</summary>
    public static ReadOnlySpan<byte> EarlierMagic => "LTS2"u8;
}
