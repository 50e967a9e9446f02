using LoadTesting.Metrics;
using LoadTesting.Model.Judging.Baselines;
using LoadTesting.Model.Judging.Windows;
using LoadTesting.Model.Observing;

namespace LoadTesting.Model.Judging;

/// <summary>Everything that thresholds may look at.</summary>
/// <param name="Total">Everything sampled so far by all runners.</param>
/// <param name="Clock">When this is.</param>
internal sealed record ThresholdContext(Snapshot Total, RunClock Clock)
{
    /// <summary>What derived metrics follow from; null while the run goes on.</summary>
    public RunEvidence? Evidence { get; init; }

    /// <summary>The run by seconds; null where nothing asks for it.</summary>
    public RunWindows? Windows { get; init; }

    /// <summary>What was observed of the target; null where nothing is known of it.</summary>
    public ObservationLog? Observations { get; init; }

    /// <summary>Least share of an observation's samples that must have come, 0…1.</summary>
    public double ObservedRatio { get; init; } = 0.9;

    /// <summary>What to compare with; null without.</summary>
    public RunBaseline? Baseline { get; init; }
}
