namespace LoadTesting.Runner.Target.Systems;

/// <summary>Shannon's entropy of a text's own characters.</summary>
internal static class Entropy
{
    /// <summary>−Σ p·log2 p over the characters; 0 for an empty text. Those outside ASCII count as one.</summary>
    public static double BitsPerCharacter(string text)
    {
        Span<int> counts = stackalloc int[129];
        foreach (var c in text)
        {
            counts[Math.Min(c, (char)128)]++;
        }

        var bits = 0.0;
        foreach (var n in counts)
        {
            if (n > 0)
            {
                var p = (double)n / text.Length;
                bits -= p * Math.Log2(p);
            }
        }

        return bits;
    }
}
