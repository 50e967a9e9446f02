using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Planning;

/// <summary>
/// Arrivals of ramping-arrival-rate: the n-th (1-based) is due when the integral of the rate reaches n (k6-semantics 1.9). IEEE doubles
/// in k6's order of operations, because users compare schedules to the nanosecond. An arrival exactly at the end is not planned: there is
/// no time left to start it.
/// </summary>
internal sealed class RampingArrivalSchedule : ArrivalSchedule
{
    private readonly RateCurve _curve;

    public RampingArrivalSchedule(RampingArrivalRateScenario spec, StripedIndex stripe)
        : this(new RateCurve(spec), stripe)
    {
    }

    private RampingArrivalSchedule(RateCurve curve, StripedIndex stripe)
        : base(stripe, FirstNotBefore(curve.Total, g => curve.TimeOf(g + 1), curve.Duration))
    {
        _curve = curve;
    }

    private protected override Duration OffsetOf(long globalIndex) => _curve.TimeOf(globalIndex + 1);
}
