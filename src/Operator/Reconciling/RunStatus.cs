using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Reporting;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Collection;
using LoadTesting.Operator.Lifecycle;
using Phase = LoadTesting.Operator.Api.RunPhase;

namespace LoadTesting.Operator.Reconciling;

/// <summary>What a run's status says after a decision. Pure but for the session that it reads.</summary>
internal static class RunStatus
{
    // A status is read by gates and people; the whole list stands in the evidence.
    private const int MostHappenings = 20;
    private const int MostMetrics = 200;

    /// <summary>The status to write.</summary>
    public static LoadTestStatus Next(LoadTestRun run, RunObservation seen, RunDecision decision, RunSession? session, RunDeadlines limits)
    {
        var old = run.Status;
        var isFinished = decision.Phase == Phase.Finished;
        var book = Book(run, seen, decision, session);
        var status = old with
        {
            ObservedGeneration = run.Metadata.Generation ?? 0,
            Run = run.Metadata.Name,
            Phase = decision.Phase,
            Reason = decision.Reason,
            Message = StatusText.Cut(decision.Message, StatusText.Message),
            StartTime = Instants.Write(decision.StartAt),
            Bookkeeping = book,
            Verdict = isFinished ? decision.Outcome?.Verdict.ToString() : null,
            CompletionTime = isFinished ? old.CompletionTime ?? Instants.Write(seen.Now) : null,
        };
        // A run that was finished before this pass is what it is: its numbers are not touched by a process that no longer has them.
        if (session is not null && seen.Phase != Phase.Finished)
        {
            status = WithMeasurements(status, run, seen, decision, session, limits);
        }

        status = status with { Conditions = Conditions(run, seen, status, session) };
        return status with { VerdictSummary = VerdictSummary.Of(status) };
    }

    private static Bookkeeping Book(LoadTestRun run, RunObservation seen, RunDecision decision, RunSession? session)
    {
        var old = run.Status.Bookkeeping ?? new Bookkeeping();
        var leaves = seen.Phase == Phase.Running && decision.Phase == Phase.Evaluating;
        var cause = !leaves ? null
            : decision.Outcome is { Verdict: Verdict.Aborted } ? nameof(StopCause.User)
            : seen.ThresholdAbort && decision.Outcome is null ? nameof(StopCause.Threshold) : null;
        return old with
        {
            Cause = old.Cause ?? (run.Spec.Snapshot is null ? null : SpecDigest.Of(run.Spec)),
            PhaseTime = decision.Phase == seen.Phase && old.PhaseTime is not null ? old.PhaseTime : Instants.Write(seen.Now),
            Settled = decision.Phase == Phase.Finished || decision.Outcome is null ? null
                : new SettledOutcome { Verdict = decision.Outcome.Verdict.ToString(), Reason = decision.Outcome.Reason, Message = StatusText.Cut(decision.Outcome.Message, StatusText.Message)! },
            StopCause = old.StopCause ?? cause,
            StopAfter = old.StopAfter ?? (cause is null || seen.StartAt is not { } start ? null : Reports.Latest(session!) is { Nanoseconds: > 0 } by ? by.ToString() : $"{Math.Max(0, (seen.Now - start).TotalSeconds):F3}s"),
            Setup = session?.Setup.Answer ?? old.Setup,
            Verify = session?.Verify.Answer ?? old.Verify,
            Teardown = session?.Teardown.Answer ?? old.Teardown,
            Jobs = session is { Setup.JobsSeen: 0, Verify.JobsSeen: 0, Teardown.JobsSeen: 0 } or null ? old.Jobs
                : new JobCounts { Setup = session.Setup.JobsSeen, Verify = session.Verify.JobsSeen, Teardown = session.Teardown.JobsSeen },
            Observed = decision.Phase is Phase.Running or Phase.Evaluating ? session?.Watch.Written ?? old.Observed : null,
        };
    }

    private static LoadTestStatus WithMeasurements(LoadTestStatus status, LoadTestRun run, RunObservation seen, RunDecision decision, RunSession session, RunDeadlines limits)
    {
        var report = Reports.Of(run, session, null);
        var started = seen.StartAt is not null;
        var lost = started ? Lost(run, seen, decision, session, limits) : [];
        return status with
        {
            Runners = new RunnersStatus
            {
                Desired = seen.Runners.Count,
                // One that is lost is not ready, whatever its Pod's last state was: the two never add up to more than there are.
                Ready = seen.Runners.Count(r => !IsLostNow(r, started, seen, limits)
                    && (r.IsFinished || (r.Pod == PodSight.Running && r.Agent is not null and not Model.Contract.AgentStates.Preparing))),
                Lost = lost.Select(l => l.Index).Distinct().Count(),
                LostRunners = lost.Count == 0 ? null : lost,
                StartSkew = report.Runners.StartSkew is { } skew ? HumanFormat.Seconds(skew) : null,
            },
            Elapsed = started ? HumanFormat.Seconds(Model.Spec.Duration.FromSeconds(Math.Floor(report.Elapsed.Seconds))) : null,
            Progress = Progress(status.Phase, report, session),
            Load = !started ? null : new LoadStatus
            {
                Requests = report.Load.Requests,
                Rate = report.Load.Rate,
                Failed = report.Load.Failed,
                Delivered = session.Load is null ? null : report.Load.Delivered,
                Dropped = report.Load.Dropped,
                Vus = report.Load.Vus,
            },
            Latency = report.Latency is not { } l ? null : new LatencyStatus { Avg = l.Avg, Med = l.Med, P90 = l.P90, P95 = l.P95, P99 = l.P99, Max = l.Max, Unanswered = l.Unanswered > 0 ? l.Unanswered : null },
            Thresholds = report.Thresholds.Count == 0 ? null : [.. report.Thresholds.Select(t => new ThresholdStatus
            {
                Metric = t.Metric, Expression = t.Expression, Observed = t.Observed is { } number && double.IsFinite(number) ? number : null, Unit = t.Unit.Length == 0 ? null : t.Unit,
                Ok = t.Ok, InDoubt = t.InDoubt ? true : null, Unanswered = t.Unanswered > 0 ? t.Unanswered : null,
                Message = StatusText.Cut(t.Message, StatusText.Item),
            })],
            Metrics = session.Load is null ? null : [.. report.Metrics.Take(MostMetrics).Select(Metric)],
            Happenings = report.Happenings.Count == 0 ? null : [.. report.Happenings.Take(MostHappenings).Select(h => StatusText.Cut($"{HumanFormat.Seconds(h.At)}: {h.Text}", StatusText.Item)!)],
            Evidence = session.EvidenceStored ? Workloads.Names.Evidence(run.Metadata.Name!) : status.Evidence,
        };
    }

    private static bool IsLostNow(RunnerObservation runner, bool started, RunObservation seen, RunDeadlines limits) => started && runner.IsLost(seen.Now, limits.Silence);

    /// <summary>What was written down stays; what is lost now, replaced now and resumed now is added.</summary>
    private static List<LostRunnerStatus> Lost(LoadTestRun run, RunObservation seen, RunDecision decision, RunSession session, RunDeadlines limits)
    {
        var known = (run.Status.Runners?.LostRunners ?? []).ToList();
        foreach (var runner in seen.Runners.Where(r => r.IsLost(seen.Now, limits.Silence) && !r.WasLost))
        {
            known.Add(new LostRunnerStatus
            {
                Index = runner.Index,
                Incarnation = runner.Incarnation == 0 ? null : runner.Incarnation,
                Cause = StatusText.Cut(Observer.Cause(run, runner), StatusText.Short)!,
                LostAfter = Observer.Heard(session, runner.Index),
                Replaced = decision.Replaced.Contains(runner.Index) ? true : null,
            });
        }

        foreach (var resumed in decision.Resumed)
        {
            var at = known.FindIndex(l => l.Index == resumed.Index && (l.Incarnation ?? 0) == session.Runners[resumed.Index].Incarnation - 1);
            known[at] = known[at] with { ResumedAfter = new Model.Spec.Duration((resumed.At - seen.StartAt!.Value).Ticks * 100).ToString() };
        }

        return known;
    }

    /// <summary>Share of the planned time that has gone by; 100% only when the load is over.</summary>
    private static string? Progress(Phase? phase, RunReport report, RunSession session)
    {
        if (phase is Phase.Evaluating or Phase.Finished && session.Load is not null)
        {
            return "100%";
        }

        if (phase != Phase.Running)
        {
            return phase == Phase.Preparing ? "0%" : null;
        }

        var planned = session.Test.Planned.TotalSeconds;
        return HumanFormat.Percent(planned <= 0 ? 0 : Math.Min(0.99, Math.Floor(report.Elapsed.Seconds / planned * 100) / 100));
    }

    private static JsonObject Metric(MetricReport metric)
    {
        var node = new JsonObject { ["name"] = metric.Name, ["type"] = metric.Type };
        // Absent rather than empty: some API servers take an empty text for null.
        if (metric.Unit.Length > 0)
        {
            node["unit"] = metric.Unit;
        }

        // JSON has no infinity: a number that is one, because requests were not answered, is left out, and `unanswered` beside says how many.
        foreach (var (key, value) in metric.Values.Where(v => double.IsFinite(v.Value)))
        {
            node[key] = value;
        }

        return node;
    }

    private static IReadOnlyList<Condition> Conditions(LoadTestRun run, RunObservation seen, LoadTestStatus status, RunSession? session)
    {
        var generation = run.Metadata.Generation ?? 0;
        var conditions = run.Status.Conditions ?? [];
        var cause = new ConditionCause(status.Reason!, status.Message!, generation);
        if (session is not null && status.Phase is Phase.Preparing or Phase.Running)
        {
            var waiting = seen.Runners.FirstOrDefault(r => r.PodMessage is not null && !r.IsFinished);
            var ready = status.Runners!.Ready == status.Runners.Desired;
            var message = $"{status.Runners.Ready} of {status.Runners.Desired} runners are ready."
                + (waiting is null || ready ? "" : $" Runner {waiting.Index}: {StatusText.Cut(waiting.PodMessage, StatusText.Item)}");
            conditions = conditions.With(
                new ConditionCause(ready ? "RunnersReady" : waiting?.Pod.ToString() ?? "WaitingForRunners", message, generation).As("RunnersReady", ready ? Condition.True : Condition.False),
                seen.Now);
        }

        if (status.Runners is { Lost: > 0 and var lost })
        {
            conditions = conditions.With(new ConditionCause(Reasons.RunnerLost, $"{lost} of {status.Runners.Desired} runners were lost.", generation).As("Degraded", Condition.True), seen.Now);
        }

        return Outcome(RunChanges.With(conditions, run with { Status = status }, seen.Now), status, cause, seen.Now);
    }

    /// <summary>The conditions that gates read, in one list, hence one write; the same for a run and for the test that mirrors it.</summary>
    public static IReadOnlyList<Condition> Outcome(IReadOnlyList<Condition> conditions, LoadTestStatus status, ConditionCause cause, DateTimeOffset now)
    {
        if (status.Phase != Phase.Finished)
        {
            return conditions.Progressing(cause, now).With(cause.As("Complete", Condition.False), now).With(cause.As("Succeeded", Condition.Unknown), now);
        }

        var passed = status.Verdict == nameof(Verdict.Passed);
        conditions = conditions.With(cause.As("Complete", Condition.True), now).With(cause.As("Succeeded", passed ? Condition.True : Condition.False), now);
        return passed ? conditions.Reached(cause, now) : conditions.StalledBy(cause, now);
    }
}
