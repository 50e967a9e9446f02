namespace LoadTesting.Runner.Http.Wire;

/// <summary>
/// Heads of responses that were parsed before. A server that is asked the same again and again answers with the same octets, but for a date that changes once a second and a length:
/// comparing is several times as quick as finding lines, names and values. One for each loop, used from its thread only.
/// </summary>
internal sealed class KnownHeads
{
    /// <summary>Longer ones are not remembered.</summary>
    public const int Longest = 512;

    // Flows that take turns between a few requests find each again.
    private const int Most = 4;

    private readonly Entry[] _entries = [.. Enumerable.Range(0, Most).Select(_ => new Entry())];
    private int _oldest;

    /// <summary>Whether octets begin with a head that was parsed before.</summary>
    /// <param name="octets">What was received.</param>
    /// <param name="head">What it says.</param>
    /// <param name="length">Its length with the empty line.</param>
    public bool TryFind(ReadOnlySpan<byte> octets, out ResponseHead head, out int length)
    {
        foreach (var entry in _entries)
        {
            if (entry.Length == 0 || !octets.StartsWith(entry.Octets.AsSpan(0, entry.Length))) continue;
            (head, length) = (entry.Head, entry.Length);
            return true;
        }

        (head, length) = (default, 0);
        return false;
    }

    /// <summary>Remembers a head instead of the one that was remembered for the longest time.</summary>
    /// <param name="octets">With the empty line, which makes it the whole head of whatever begins with it.</param>
    /// <param name="head">What it says.</param>
    public void Keep(ReadOnlySpan<byte> octets, in ResponseHead head)
    {
        if (octets.Length > Longest) return;
        var entry = _entries[_oldest];
        _oldest = (_oldest + 1) % Most;
        octets.CopyTo(entry.Octets);
        (entry.Length, entry.Head) = (octets.Length, head);
    }

    private sealed class Entry
    {
        public byte[] Octets { get; } = new byte[Longest];

        public int Length { get; set; }

        public ResponseHead Head { get; set; }
    }
}
