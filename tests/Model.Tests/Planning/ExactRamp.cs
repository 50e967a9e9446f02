using System.Numerics;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Tests.Planning;

/// <summary>Checks due times of ramping arrivals against the integral of the rate in exact integers: the slow, independent witness.</summary>
internal static class ExactRamp
{
    /// <summary>For each n: the integral has not reached n two nanoseconds before the due time, and has two after.</summary>
    public static void AssertAgrees(RampingArrivalRateScenario spec)
    {
        var curve = new RateCurve(spec);
        var end = curve.Duration.Nanoseconds;
        Assert.True(curve.Total > 0, "nothing to compare");
        for (var n = 1L; n <= curve.Total; n++)
        {
            var due = curve.TimeOf(n).Nanoseconds;
            Assert.InRange(due, 0, end + 1);
            var wanted = 2 * (BigInteger)n;
            Assert.True(Twice(spec, due - 1) < wanted * Scale(spec), $"iteration {n} is due at {due} ns, but the integral reached it earlier");
            Assert.True(Twice(spec, due + 2) >= wanted * Scale(spec) || due + 2 > end, $"iteration {n} is due at {due} ns, but the integral has not reached it");
        }
    }

    // Twice the integral up to t, times Scale, so that all is integer.
    private static BigInteger Twice(RampingArrivalRateScenario spec, long t)
    {
        var sum = BigInteger.Zero;
        var from = (BigInteger)spec.StartRate;
        foreach (var (length, target) in spec.Stages)
        {
            var d = (BigInteger)length.Nanoseconds;
            var x = BigInteger.Min(d, t);
            if (x > 0)
            {
                sum += ((2 * from * d) + ((target - from) * x)) * x * (Scale(spec) / (spec.TimeUnit.Nanoseconds * d));
            }

            t -= length.Nanoseconds;
            from = target;
        }

        return sum;
    }

    private static BigInteger Scale(RampingArrivalRateScenario spec) => spec.Stages
        .Where(s => s.Duration > Duration.Zero)
        .Aggregate((BigInteger)spec.TimeUnit.Nanoseconds, (product, s) => product * s.Duration.Nanoseconds);
}
