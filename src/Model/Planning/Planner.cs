using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Planning;

/// <summary>
/// Computes each runner's share of a validated spec (k6-semantics 2.5). Deterministic: runners plan alone from (spec, index, count) and
/// need not talk to each other.
/// </summary>
public static class Planner
{
    /// <summary>The plan of one of several equal runners.</summary>
    /// <param name="spec">Validated.</param>
    /// <param name="index">0-based.</param>
    /// <param name="count">How many runners share the load, ≥ 1.</param>
    public static WorkerPlan PlanWorker(LoadTestSpec spec, int index, int count) => PlanWorker(spec, index, Partition.Equal(count));

    /// <summary>The plan of one runner of a partition, e.g. of unequal ones by <see cref="SegmentSequence.TryFromWeights"/>.</summary>
    public static WorkerPlan PlanWorker(LoadTestSpec spec, int index, Partition partition) => PlanWorker(spec, index, new Shares(partition));

    /// <summary>The plans of all of several equal runners.</summary>
    public static IReadOnlyList<WorkerPlan> Plan(LoadTestSpec spec, int count) => Plan(spec, Partition.Equal(count));

    /// <summary>The plans of all runners of a partition.</summary>
    public static IReadOnlyList<WorkerPlan> Plan(LoadTestSpec spec, Partition partition)
    {
        var shares = new Shares(partition);
        return [.. Enumerable.Range(0, partition.Stripes.Count).Select(i => PlanWorker(spec, i, shares))];
    }

    /// <summary>One runner's share of one scenario; null when it has no work there.</summary>
    public static ScenarioPlan? PlanScenario(string name, ScenarioSpec scenario, int index, Partition partition) =>
        PlanScenario(name, scenario, index, new Shares(partition));

    private static WorkerPlan PlanWorker(LoadTestSpec spec, int index, Shares shares)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, shares.Count);
        var scenarios = spec.Scenarios
            .Select(s => PlanScenario(s.Key, s.Value, index, shares))
            .OfType<ScenarioPlan>()
            .OrderBy(p => p.Spec.StartTime)
            .ThenBy(p => p.Name, StringComparer.Ordinal)
            .ToArray();
        return new WorkerPlan
        {
            Index = index,
            Count = shares.Count,
            Scenarios = scenarios,
            MaxDuration = scenarios.Select(p => p.Spec.StartTime + p.EndOffset).DefaultIfEmpty().Max(),
        };
    }

    private static ScenarioPlan? PlanScenario(string name, ScenarioSpec scenario, int index, Shares shares)
    {
        var stripe = shares.Of(index);
        return scenario switch
        {
            SharedIterationsScenario s => SharedIterations(name, s, stripe, shares.Resegmented(index, s.Vus)),
            PerVuIterationsScenario s when stripe.Scale(s.Vus) > 0 => new PerVuIterationsPlan
            {
                Name = name,
                Spec = s,
                VuIds = stripe,
                MaxVUs = (int)stripe.Scale(s.Vus),
                IterationsPerVu = s.Iterations,
                TotalVUs = s.Vus,
                RegularDuration = s.MaxDuration,
                EndOffset = s.MaxDuration + s.GracefulStop,
            },
            ConstantVusScenario s when stripe.Scale(s.Vus) > 0 => new ConstantVusPlan
            {
                Name = name,
                Spec = s,
                VuIds = stripe,
                MaxVUs = (int)stripe.Scale(s.Vus),
                RegularDuration = s.Duration,
                EndOffset = s.Duration + s.GracefulStop,
            },
            RampingVusScenario s => RampingVus(name, s, stripe),
            ConstantArrivalRateScenario s when shares.Resegmented(index, s.MaxVUs) is { } own => new ArrivalRatePlan
            {
                Name = name,
                Spec = s,
                VuIds = stripe,
                PreAllocatedVUs = (int)stripe.Scale(s.PreAllocatedVUs),
                MaxVUs = (int)stripe.Scale(s.MaxVUs),
                Arrivals = new ConstantArrivalSchedule(s, own),
                RegularDuration = s.Duration,
                EndOffset = s.Duration + s.GracefulStop,
            },
            RampingArrivalRateScenario s when shares.Resegmented(index, s.MaxVUs) is { } own => RampingArrivals(name, s, stripe, own),
            _ => null,
        };
    }

    private static SharedIterationsPlan? SharedIterations(string name, SharedIterationsScenario spec, StripedIndex stripe, StripedIndex? own) =>
        own is null || own.Scale(spec.Iterations) == 0
            ? null
            : new SharedIterationsPlan
            {
                Name = name,
                Spec = spec,
                VuIds = stripe,
                MaxVUs = (int)stripe.Scale(spec.Vus),
                Iterations = own.Scale(spec.Iterations),
                IterationIds = own,
                RegularDuration = spec.MaxDuration,
                EndOffset = spec.MaxDuration + spec.GracefulStop,
            };

    private static RampingVusPlan? RampingVus(string name, RampingVusScenario spec, StripedIndex stripe)
    {
        var steps = RampingVusSteps.Scheduled(spec, stripe, closingZero: true);
        var most = steps.Max(s => s.Vus);
        if (most == 0)
        {
            return null;
        }

        var reserved = RampingVusSteps.Reserved(spec, stripe);
        return new RampingVusPlan
        {
            Name = name,
            Spec = spec,
            VuIds = stripe,
            MaxVUs = most,
            Steps = steps,
            ReservedSteps = reserved,
            RegularDuration = RampingVusSteps.Length(spec),
            EndOffset = reserved[^1].Offset,
        };
    }

    private static ArrivalRatePlan RampingArrivals(string name, RampingArrivalRateScenario spec, StripedIndex stripe, StripedIndex own)
    {
        var length = spec.Stages.Aggregate(Duration.Zero, (sum, stage) => sum + stage.Duration);
        return new ArrivalRatePlan
        {
            Name = name,
            Spec = spec,
            VuIds = stripe,
            PreAllocatedVUs = (int)stripe.Scale(spec.PreAllocatedVUs),
            MaxVUs = (int)stripe.Scale(spec.MaxVUs),
            Arrivals = new RampingArrivalSchedule(spec, own),
            RegularDuration = length,
            EndOffset = length + spec.GracefulStop,
        };
    }

    // Re-segmenting costs O(VUs); all runners of a plan share it.
    private sealed class Shares
    {
        private readonly Partition _partition;
        private readonly Dictionary<long, Resegmentation> _resegmented = [];

        public Shares(Partition partition)
        {
            _partition = partition;
        }

        public int Count => _partition.Stripes.Count;

        public StripedIndex Of(int index) => _partition.Stripes[index];

        public StripedIndex? Resegmented(int index, long value)
        {
            if (!_resegmented.TryGetValue(value, out var resegmentation))
            {
                _resegmented[value] = resegmentation = _partition.Resegment(value);
            }

            return resegmentation.Stripes[index];
        }
    }
}
