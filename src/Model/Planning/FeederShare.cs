using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Planning;

/// <summary>
/// The rows of one feeder that belong to one scenario: iteration n (over all runners) owns row <c>Offset + n · Stride</c>. Shares of different scenarios never meet,
/// so unique rows need no agreement between runners: each computes its own rows alone.
/// </summary>
/// <param name="Offset">Row of iteration 0.</param>
/// <param name="Stride">Distance of the rows of successive iterations, ≥ 1.</param>
public readonly record struct FeederShare(long Offset, long Stride)
{
    /// <summary>All rows.</summary>
    public static readonly FeederShare All = new(0, 1);

    /// <summary>The row of an iteration, or of a virtual user; may lie beyond the feeder's rows.</summary>
    /// <param name="number">0-based.</param>
    public long Row(long number) => Offset + (number * Stride);

    /// <summary>How many iterations, from number 0 on, have a row among so many.</summary>
    public long Covered(long rows) => rows <= Offset ? 0 : (rows - Offset + Stride - 1) / Stride;

    /// <summary>
    /// The shares of the scenarios that read a feeder with unique rows per iteration. Scenarios whose iterations are planned come first, in the order of the manifest,
    /// with as many rows as they have iterations; those that loop for a time take turns with the rest.
    /// </summary>
    public static IReadOnlyDictionary<string, FeederShare> Of(LoadTestSpec spec, FeederSpec feeder)
    {
        var shares = new Dictionary<string, FeederShare>(StringComparer.Ordinal);
        if (feeder is not { Pick: DataPick.Unique, Per: DataScope.Iteration })
        {
            return shares;
        }

        var planned = PlanSummary.Of(spec).Scenarios.ToDictionary(s => s.Name, s => s.PlannedIterations, StringComparer.Ordinal);
        var (next, looping) = (0L, new List<string>());
        foreach (var name in FeederUse.Readers(spec, feeder.Name).Where(planned.ContainsKey))
        {
            if (planned[name] is { } iterations)
            {
                shares[name] = new FeederShare(next, 1);
                next += iterations;
            }
            else
            {
                looping.Add(name);
            }
        }

        for (var i = 0; i < looping.Count; i++)
        {
            shares[looping[i]] = new FeederShare(next + i, looping.Count);
        }

        return shares;
    }

    /// <summary>
    /// The rows that a feeder with unique rows must have for the plan: one for each planned iteration and at least one for each scenario that loops for a time; per
    /// virtual user, one for each number that one may have. 0 for other feeders.
    /// </summary>
    public static long Needed(LoadTestSpec spec, FeederSpec feeder)
    {
        if (feeder.Pick != DataPick.Unique)
        {
            return 0;
        }

        var readers = FeederUse.Readers(spec, feeder.Name);
        if (readers.Count == 0)
        {
            return 0;
        }

        var plan = PlanSummary.Of(spec);
        return feeder.Per == DataScope.Vu
            ? VuNumbers(spec)
            : plan.Scenarios.Where(s => readers.Contains(s.Name, StringComparer.Ordinal)).Sum(s => s.PlannedIterations ?? 1);
    }

    /// <summary>The highest number of a virtual user. Each runner has the numbers of its stripe, so where scenarios of few VUs run beside each other, several runners leave some out.</summary>
    private static long VuNumbers(LoadTestSpec spec)
    {
        var highest = 0L;
        for (var index = 0; index < spec.Runners.Replicas; index++)
        {
            var plan = Planner.PlanWorker(spec, index, spec.Runners.Replicas);
            if (plan.Scenarios.Count > 0 && PlanSummary.Of(plan).MaxPossibleVUs is > 0 and var most)
            {
                highest = Math.Max(highest, plan.Scenarios[0].VuIds.GlobalIndex(most - 1) + 1);
            }
        }

        return highest;
    }
}
