using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Planning;

/// <summary>
/// Arrivals of constant-arrival-rate: number g is due at g·P, P = timeUnit / rate in whole nanoseconds, cut off; as many as are due before
/// the end (k6-semantics 1.9). Cutting the period off makes a few more than rate × duration at times (167/s for 10 s: 1671), as in k6.
/// </summary>
internal sealed class ConstantArrivalSchedule : ArrivalSchedule
{
    private readonly long _period;

    public ConstantArrivalSchedule(ConstantArrivalRateScenario spec, StripedIndex stripe)
        : base(stripe, TotalOf(spec))
    {
        _period = Period(spec);
    }

    /// <summary>
    /// Nanoseconds between two arrivals of the whole test. More than one arrival per nanosecond cannot be told apart and would never
    /// end, so 1 is the least.
    /// </summary>
    public static long Period(ConstantArrivalRateScenario spec) => Math.Max(1, spec.TimeUnit.Nanoseconds / spec.Rate);

    private protected override Duration OffsetOf(long globalIndex) => new(globalIndex * _period);

    private static long TotalOf(ConstantArrivalRateScenario spec)
    {
        var period = Period(spec);
        return spec.Duration.Nanoseconds <= 0 ? 0 : ((spec.Duration.Nanoseconds - 1) / period) + 1;
    }
}
