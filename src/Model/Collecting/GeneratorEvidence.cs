using LoadTesting.Metrics;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Collecting;

/// <summary>What the runners say about themselves, and the limits that the spec sets to it, as evidence.</summary>
internal static class GeneratorEvidence
{
    public static RunEvidence Add(RunEvidence circumstances, LoadTestSpec spec, Duration load, SnapshotSet workers)
    {
        var validity = spec.Validity;
        var snapshots = workers.All.ToList();
        return circumstances with
        {
            Runners = workers.Workers,
            LoadSeconds = (int)Math.Min(int.MaxValue, Math.Ceiling(load.Seconds - 0.1)),
            Tainted = [.. snapshots.SelectMany(s => TaintedSpan.Of(s.Worker, s.Snapshot))],
            StartSkew = circumstances.StartSkew ?? Skew(workers.Total()),
            DeliveryFloor = validity.DeliveredRatio.Value,
            AllowedTaintedShare = validity.MaxTaintedSeconds.Value,
            AllowedStartSkew = validity.MaxStartSkew,
            AllowedLostShare = spec.Runners.OnLoss == LossPolicy.Fail ? circumstances.AllowedLostShare : Math.Max(circumstances.AllowedLostShare, 1 - validity.MinCoverage.Value),
        };
    }

    /// <summary>Every runner says how late it was at T0; clocks that differ are not in it.</summary>
    private static Duration? Skew(Snapshot total) =>
        total.Select(BuiltInMetrics.StartLag) is HistogramSnapshot { Min: { } first, Max: { } last } ? Duration.FromSeconds(last - first) : null;
}
