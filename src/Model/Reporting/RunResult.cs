using LoadTesting.Metrics;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Judging.Windows;
using LoadTesting.Model.Observing;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Reporting;

/// <summary>Everything a report is made of.</summary>
public sealed record RunResult
{
    /// <summary>The test's name.</summary>
    public required string Test { get; init; }

    /// <summary>The run's unique name; null at the desk when none was given.</summary>
    public string? Run { get; init; }

    /// <summary>The effective spec.</summary>
    public required LoadTestSpec Spec { get; init; }

    /// <summary>Where the run is. Default finished.</summary>
    public RunPhase Phase { get; init; } = RunPhase.Finished;

    /// <summary>Everything sampled by all runners.</summary>
    public Snapshot Total { get; init; } = Snapshot.Empty;

    /// <summary>How long the load lasted.</summary>
    public RunClock Clock { get; init; }

    /// <summary>The seconds of the run.</summary>
    public IReadOnlyList<SeriesPoint> Series { get; init; } = [];

    /// <summary>The compiled thresholds.</summary>
    public ThresholdSet Thresholds { get; init; } = ThresholdSet.Empty;

    /// <summary>The evidence that was judged: also the source of thresholds' results and scenarios' counts.</summary>
    public RunEvidence Evidence { get; init; } = new();

    /// <summary>The verdict; null while there is none.</summary>
    public VerdictDecision? Decision { get; init; }

    /// <summary>What to say while there is no verdict.</summary>
    public string Message { get; init; } = string.Empty;

    /// <summary>Start of the load; null when it never started.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>The marks that were set.</summary>
    public IReadOnlyList<RunMark> Marks { get; init; } = [];

    /// <summary>What was observed of the target.</summary>
    public ObservationLog? Observations { get; init; }

    /// <summary>The runners.</summary>
    public RunnersReport Runners { get; init; } = new();
}
