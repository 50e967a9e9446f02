using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Planning;

/// <summary>The step lists of ramping-vus for one stripe (k6-semantics 1.8). O(own VU changes) time and memory.</summary>
internal static class RampingVusSteps
{
    /// <summary>Scheduled VUs. Times come from global VU numbers, so that the changes of all runners interleave into the whole ramp.</summary>
    /// <param name="spec">The scenario.</param>
    /// <param name="stripe">Which VUs are this runner's.</param>
    /// <param name="closingZero">Whether a ramp that does not end at 0 gets a last step to 0.</param>
    public static List<VuStep> Scheduled(RampingVusScenario spec, StripedIndex stripe, bool closingZero)
    {
        var own = stripe.Scale(spec.StartVUs);
        var steps = new List<VuStep> { new(Duration.Zero, (int)own) };
        var from = spec.StartVUs;
        var end = Duration.Zero;
        foreach (var (length, to) in spec.Stages)
        {
            end += length;
            var target = stripe.Scale(to);
            if (length == Duration.Zero && own != target)
            {
                steps.Add(new(end, (int)target));
                own = target;
            }

            // The count becomes k when the line reaches the k-th own VU's global number u, and k − 1 when it comes down to u − 1.
            for (; own < target; own++)
                steps.Add(new(end - Part(length, to - (stripe.GlobalIndex(own) + 1), to - from), (int)own + 1));
            for (; own > target; own--)
                steps.Add(new(end - Part(length, stripe.GlobalIndex(own - 1) - to, from - to), (int)own - 1));
            from = to;
        }

        if (closingZero && own != 0)
        {
            steps.Add(new(end, 0));
        }

        return steps;
    }

    /// <summary>
    /// VUs that must be kept: those scheduled, and each for up to gracefulRampDown after its ramp-down, but never past the end of the
    /// graceful stop. Where k6 releases too many VUs too early and lists steps out of order (a drop by several at once followed by
    /// a partial rise within gracefulRampDown), this keeps the most that were scheduled within the window.
    /// </summary>
    public static List<VuStep> Reserved(RampingVusScenario spec, StripedIndex stripe)
    {
        var scheduled = Scheduled(spec, stripe, closingZero: false);
        var end = Length(spec) + spec.GracefulStop;
        var kept = spec.GracefulRampDown > Duration.Zero ? Keep(scheduled, spec.GracefulRampDown, end) : scheduled;
        if (kept[^1].Vus != 0)
        {
            kept.Add(new(end, 0));
        }

        return kept;
    }

    /// <summary>Sum of all stages.</summary>
    public static Duration Length(RampingVusScenario spec) => spec.Stages.Aggregate(Duration.Zero, (sum, stage) => sum + stage.Duration);

    /// <summary>When each VU (by local number) starts, stops gracefully and stops hard.</summary>
    public static IReadOnlyList<IReadOnlyList<VuSpan>> Spans(IReadOnlyList<VuStep> scheduled, IReadOnlyList<VuStep> reserved, int vus)
    {
        var releases = Drops(reserved, vus);
        var spans = new List<VuSpan>[vus];
        for (var vu = 0; vu < vus; vu++)
            spans[vu] = [];

        var starts = new Duration[vus];
        var nextRelease = new int[vus];
        var turns = Drops(scheduled, vus);
        var count = 0;
        foreach (var (offset, target) in scheduled)
        {
            for (; count < target; count++)
                starts[count] = offset;
            for (; count > target; count--)
            {
                var vu = count - 1;
                // Either each turn has its own release, or those that a next turn came before have been merged into a later one.
                var paired = turns[vu].Count == releases[vu].Count;
                while (!paired && releases[vu][nextRelease[vu]] < offset)
                    nextRelease[vu]++;
                spans[vu].Add(new(starts[vu], offset, releases[vu][paired ? spans[vu].Count : nextRelease[vu]]));
            }
        }

        return spans;
    }

    private static List<Duration>[] Drops(IReadOnlyList<VuStep> steps, int vus)
    {
        var drops = new List<Duration>[vus];
        for (var vu = 0; vu < vus; vu++)
            drops[vu] = [];

        var count = 0;
        foreach (var (offset, target) in steps)
        {
            for (var vu = target; vu < count; vu++)
                drops[vu].Add(offset);
            count = target;
        }

        return drops;
    }

    // length·part/whole, cut off; the product of a day in nanoseconds and a hundred thousand VUs does not fit 64 bits.
    private static Duration Part(Duration length, long part, long whole) => new((long)((Int128)length.Nanoseconds * part / whole));

    private static List<VuStep> Keep(List<VuStep> scheduled, Duration gracefulRampDown, Duration end)
    {
        var kept = new List<VuStep>();
        var last = 0;
        var window = new WindowMaximum(scheduled);
        for (var i = 0; i < scheduled.Count; i++)
        {
            var (offset, vus) = scheduled[i];
            if (i == 0 || vus > last)
            {
                kept.Add(scheduled[i]);
                last = vus;
            }
            else if (vus < last)
            {
                var release = offset + gracefulRampDown;
                var peak = window.FirstPeak(i, release);
                if (scheduled[peak].Vus >= last)
                {
                    // Back up in time: nothing is released. On from where the count returns, which may be before the peak.
                    while (scheduled[i + 1].Vus < last)
                        i++;
                    continue;
                }

                if (release >= end)
                {
                    break;
                }

                last = scheduled[peak].Vus;
                kept.Add(new(release, last));
                i = peak;
            }
        }

        return kept;
    }
}
