namespace LoadTesting.Metrics.Exposition;

/// <summary>Numbers of 64 bits in one to ten bytes, seven bits in each, least significant first (https://protobuf.dev/programming-guides/encoding/#varints).</summary>
internal static class Varint
{
    /// <summary>Takes one off the front; false, with nothing taken, when it does not end within ten bytes or what is there.</summary>
    public static bool TryTake(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (var i = 0; i < bytes.Length && i < 10; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] >= 0x80) continue;
            bytes = bytes[(i + 1)..];
            return true;
        }

        value = 0;
        return false;
    }
}
