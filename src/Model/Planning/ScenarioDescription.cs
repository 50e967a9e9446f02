using System.Globalization;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Planning;

/// <summary>What a scenario does, in one line worded as k6 words it: k6's users read it at a glance.</summary>
public static class ScenarioDescription
{
    /// <summary>Describes a share; the share of a single runner is the whole scenario.</summary>
    public static string Of(ScenarioPlan plan)
    {
        var text = plan switch
        {
            SharedIterationsPlan shared => Text($"{shared.Iterations} iterations shared among {shared.MaxVUs} VUs"),
            PerVuIterationsPlan perVu => Text($"{perVu.IterationsPerVu} iterations for each of {perVu.MaxVUs} VUs"),
            ConstantVusPlan constant => Text($"{constant.MaxVUs} looping VUs for {constant.RegularDuration}"),
            RampingVusPlan { Spec: RampingVusScenario spec } => Text($"Up to {plan.MaxVUs} looping VUs for {plan.RegularDuration} over {spec.Stages.Count} stages"),
            ArrivalRatePlan { Spec: ConstantArrivalRateScenario spec } => Text($"{Rate(plan, spec.Rate, spec.TimeUnit):F2} iterations/s for {spec.Duration}"),
            ArrivalRatePlan { Spec: RampingArrivalRateScenario spec } => Text(
                $"Up to {Rate(plan, spec.Stages.Max(s => Math.Max(s.Target, spec.StartRate)), spec.TimeUnit):F2} iterations/s for {plan.RegularDuration} over {spec.Stages.Count} stages"),
            _ => plan.Spec.Executor,
        };
        var facts = string.Join(", ", Facts(plan));
        return facts.Length == 0 ? text : $"{text} ({facts})";
    }

    private static IEnumerable<string> Facts(ScenarioPlan plan)
    {
        var own = plan switch
        {
            SharedIterationsPlan or PerVuIterationsPlan => $"maxDuration: {plan.RegularDuration}",
            RampingVusPlan { Spec: RampingVusScenario spec } => $"gracefulRampDown: {spec.GracefulRampDown}",
            ArrivalRatePlan arrivals when arrivals.MaxVUs > arrivals.PreAllocatedVUs => Text($"maxVUs: {arrivals.PreAllocatedVUs}-{arrivals.MaxVUs}"),
            ArrivalRatePlan arrivals => Text($"maxVUs: {arrivals.MaxVUs}"),
            _ => null,
        };
        if (own is not null)
        {
            yield return own;
        }

        if (plan.Spec.Exec is { } flow)
        {
            yield return $"exec: {flow}";
        }

        if (plan.Spec.StartTime > Duration.Zero)
        {
            yield return $"startTime: {plan.Spec.StartTime}";
        }

        if (plan.Spec.GracefulStop > Duration.Zero)
        {
            yield return $"gracefulStop: {plan.Spec.GracefulStop}";
        }
    }

    private static double Rate(ScenarioPlan plan, long rate, Duration timeUnit) =>
        new Rational((Int128)rate * Duration.NanosecondsPerSecond * plan.VuIds.Slots.Count, (Int128)timeUnit.Nanoseconds * plan.VuIds.Period).ToDouble();

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
