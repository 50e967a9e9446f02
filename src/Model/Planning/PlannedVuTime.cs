using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Planning;

/// <summary>VU time of the executors that plan VUs and a length: the integral of the number of VUs over time, graceful periods not counted.</summary>
public static class PlannedVuTime
{
    /// <summary>The whole share; null where iterations are planned instead.</summary>
    public static Duration? Of(ScenarioPlan plan) => Of(plan, Duration.Zero, plan.RegularDuration);

    /// <summary>The part within [from, to) of the scenario's own time; null where iterations are planned instead.</summary>
    public static Duration? Of(ScenarioPlan plan, Duration from, Duration to)
    {
        (from, to) = (Max(from, Duration.Zero), Min(to, plan.RegularDuration));
        switch (plan)
        {
            case ConstantVusPlan constant:
                return to <= from ? Duration.Zero : Times(to - from, constant.MaxVUs);
            case RampingVusPlan ramping:
                var sum = Duration.Zero;
                for (var i = 0; i < ramping.Steps.Count; i++)
                {
                    var start = Max(ramping.Steps[i].Offset, from);
                    var end = Min(i + 1 < ramping.Steps.Count ? ramping.Steps[i + 1].Offset : plan.RegularDuration, to);
                    sum += end <= start ? Duration.Zero : Times(end - start, ramping.Steps[i].Vus);
                }

                return sum;
            default:
                return null;
        }
    }

    // Ten thousand VUs for a month do not fit into nanoseconds: beyond that the sum stays at the largest number.
    private static Duration Times(Duration length, long vus) => new((long)Int128.Min((Int128)length.Nanoseconds * vus, long.MaxValue / 4));

    private static Duration Max(Duration a, Duration b) => a > b ? a : b;

    private static Duration Min(Duration a, Duration b) => a < b ? a : b;
}
