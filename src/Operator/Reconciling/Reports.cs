using LoadTesting.Model.Judging;
using LoadTesting.Model.Reporting;
using LoadTesting.Model.Spec;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Collection;

namespace LoadTesting.Operator.Reconciling;

/// <summary>The report of a run as it stands, by the same builder as at the desk.</summary>
internal static class Reports
{
    public static RunReport Of(LoadTestRun run, RunSession session, VerdictDecision? decision)
    {
        var startAt = Instants.Read(run.Status.StartTime);
        var total = session.Collector.Total;
        var isFinal = session.Load is not null;
        var load = session.Load ?? Latest(session);
        var evidence = session.Judged?.Evidence ?? new RunEvidence { Thresholds = session.Standing, Scenarios = ScenarioDeliveries.Of(session.Test.Spec, total) };
        return ReportBuilder.Build(new RunResult
        {
            Test = session.Test.Manifest.Name,
            Run = run.Metadata.Name,
            Spec = session.Test.Spec,
            Phase = Enum.Parse<Model.Reporting.RunPhase>((run.Status.Phase ?? Api.RunPhase.Pending).ToString()),
            Total = total,
            Clock = new RunClock(load, isFinal),
            Series = session.Collector.Series,
            Thresholds = session.Test.Thresholds,
            Evidence = evidence,
            Decision = decision,
            StartTime = startAt,
            Marks = session.Collector.Marks,
            Observations = session.Collector.Observations,
            Runners = new RunnersReport
            {
                Desired = session.Runners.Count,
                Ready = session.Runners.Count - session.Collector.Workers.Missing.Count(),
                Lost = run.Status.Runners?.Lost ?? 0,
                StartSkew = session.Skew.Value is { } skew ? new Duration(skew.Ticks * 100) : null,
            },
        });
    }

    /// <summary>How long the load has lasted by the clocks of those who send it.</summary>
    public static Duration Latest(RunSession session) => new(Math.Max(0, Enumerable.Range(0, session.Runners.Count)
        .Select(i => session.Collector.Workers.Latest(i)?.OffsetNanoseconds ?? 0).DefaultIfEmpty().Max()));
}
