using LoadTesting.Expressions;
using LoadTesting.Model.Spec;

namespace LoadTesting.Runner.Engine;

/// <summary>How long the next pause is.</summary>
internal static class Pauses
{
    /// <summary>Nanoseconds, from the user's own random numbers.</summary>
    public static long Next(SleepStep step, ICelHost host)
    {
        var (min, max) = (step.Min.Nanoseconds, step.Max.Nanoseconds);
        if (step.Normal is { } normal) return Within(normal.Mean.Nanoseconds + (StandardNormal(host) * normal.Deviation.Nanoseconds), min, max);
        // Inverse of the distribution function 1 - (min / x)^shape.
        if (step.ParetoShape is { } shape) return Within(min / Math.Pow(1 - host.NextDouble(), 1 / shape), min, max);
        return max > min ? min + (long)(host.NextDouble() * (max - min)) : min;
    }

    // Box and Muller; 1 - u, because the logarithm of 0 is none.
    private static double StandardNormal(ICelHost host) => Math.Sqrt(-2 * Math.Log(1 - host.NextDouble())) * Math.Cos(2 * Math.PI * host.NextDouble());

    private static long Within(double span, long min, long max) => span <= min ? min : span >= max ? max : (long)span;
}
