using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Planning;

/// <summary>How much of a plan is gone when a runner says nothing for a time: its work in that time, in the unit of each scenario.</summary>
public static class LostCoverage
{
    /// <summary>
    /// The largest share, over the scenarios, that a runner's work within [from, to) has of the whole test's: arrivals due, VU time, or iterations in proportion to time. A
    /// threshold may look at one scenario alone, so the worst hit counts. Of scenarios that nobody can take up again (<see cref="ResumedPlan"/>), all the rest is gone.
    /// </summary>
    /// <param name="spec">The effective spec; valid.</param>
    /// <param name="index">The runner, 0-based.</param>
    /// <param name="count">How many share the load.</param>
    /// <param name="from">Its last snapshot, from T0.</param>
    /// <param name="to">When another took over, from T0; null = nobody did.</param>
    /// <param name="since">From when on it was this runner that did the share, from T0; later than 0 where it was a replacement itself.</param>
    public static double Share(LoadTestSpec spec, int index, int count, Duration from, Duration? to = null, Duration since = default)
    {
        var whole = Planner.PlanWorker(spec, 0, 1).Scenarios.ToDictionary(s => s.Name, StringComparer.Ordinal);
        var own = ResumedPlan.From(Planner.PlanWorker(spec, index, count), spec, since).Scenarios;
        var uncountable = ResumedPlan.Uncountable(spec);
        return own.Select(s => Share(s, whole[s.Name], from - s.Spec.StartTime, Until(s) - s.Spec.StartTime)).DefaultIfEmpty().Max();

        Duration Until(ScenarioPlan s) =>
            to is not { } end || (end > s.Spec.StartTime && uncountable.Contains(s.Name)) ? s.Spec.StartTime + s.EndOffset : end;
    }

    private static double Share(ScenarioPlan own, ScenarioPlan whole, Duration from, Duration to)
    {
        if (to <= from)
        {
            return 0;
        }

        switch (own)
        {
            case ArrivalRatePlan arrivals:
                var all = arrivals.Arrivals.Total;
                return all == 0 ? 0 : (double)(arrivals.Arrivals.CountBefore(to) - arrivals.Arrivals.CountBefore(from)) / all;
            case SharedIterationsPlan shared:
                return Passed(own, from, to) * shared.Iterations / ((SharedIterationsPlan)whole).Iterations;
            case PerVuIterationsPlan perVu:
                return Passed(own, from, to) * perVu.MaxVUs / ((PerVuIterationsPlan)whole).MaxVUs;
            default:
                var planned = PlannedVuTime.Of(whole) is { Nanoseconds: > 0 } time ? time.Nanoseconds : 0;
                return planned == 0 ? 0 : (double)(PlannedVuTime.Of(own, from, to)?.Nanoseconds ?? 0) / planned;
        }
    }

    /// <summary>Iterations have no instants: nobody can say which of them are lost, so all that the share may still have had to do are, from the first moment on.</summary>
    private static double Passed(ScenarioPlan own, Duration from, Duration to) => from < own.RegularDuration && to > Duration.Zero ? 1 : 0;
}
