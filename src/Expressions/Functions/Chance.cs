namespace LoadTesting.Expressions.Functions;

/// <summary>Distributions over the host's random bits.</summary>
internal static class Chance
{
    /// <summary>Uniform in 0..count-1 (count 0 stands for 2^64), without the bias of a modulus: Lemire's multiply-and-reject.</summary>
    public static ulong Below(ICelHost host, ulong count)
    {
        if (count == 0)
        {
            return (ulong)host.NextInt64();
        }

        var high = Math.BigMul((ulong)host.NextInt64(), count, out ulong low);
        if (low < count)
        {
            var biased = unchecked(0 - count) % count;
            while (low < biased)
            {
                high = Math.BigMul((ulong)host.NextInt64(), count, out low);
            }
        }

        return high;
    }

    /// <summary>Standard normal deviate: Box-Muller.</summary>
    public static double Normal(ICelHost host) =>
        Math.Sqrt(-2 * Math.Log(1 - host.NextDouble())) * Math.Cos(2 * Math.PI * host.NextDouble());
}
