using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Collection;
using LoadTesting.Operator.Lifecycle;
using LoadTesting.Operator.Workloads;

namespace LoadTesting.Operator.Reconciling;

/// <summary>Puts what the caches, the status and the session know into one <see cref="RunObservation"/>. Reads nothing else, so that it can be tested with plain objects.</summary>
public static class Observer
{
    /// <summary>The observation.</summary>
    /// <param name="run">Newest known state.</param>
    /// <param name="pods">The run's Pods, in any order.</param>
    /// <param name="session">What this process knows; null for a run whose spec is not valid.</param>
    /// <param name="surroundings">What else the decision depends on.</param>
    public static RunObservation Observe(LoadTestRun run, IReadOnlyList<Pod> pods, RunSession? session, Surroundings surroundings)
    {
        var book = run.Status.Bookkeeping;
        var now = surroundings.Now;
        var phase = run.Status.Phase ?? Api.RunPhase.Pending;
        var lost = run.Status.Runners?.LostRunners ?? [];
        var seen = new RunObservation(now, phase, Instants.Read(book?.PhaseTime) ?? run.Metadata.CreationTimestamp ?? now, session is null ? [] : Runners(run, pods, session, lost))
        {
            StartAt = Instants.Read(run.Status.StartTime),
            Outcome = Settled(run.Status),
            Invalidity = surroundings.Invalidity,
            AbortAsked = run.Spec.Abort,
            IsDeleted = run.Metadata.DeletionTimestamp is not null,
            MustQueue = surroundings.MustQueue,
            IsHeldBack = surroundings.IsHeldBack,
            ReplacedBy = run.Metadata.Annotations.GetValueOrDefault(Labels.ReplacedBy),
            PodsLeft = pods.Count,
            Obstacle = surroundings.Obstacle ?? (phase == Api.RunPhase.Evaluating ? session?.EvidenceObstacle : session?.SupportObstacle),
        };
        if (session is null)
        {
            return seen;
        }

        var spec = session.Test.Spec;
        return seen with
        {
            SupportExists = session.SupportExists,
            Target = Stage(spec.Ready is not null, session.Target),
            TargetMessage = session.Target.Answer?.Message,
            TargetTimeout = spec.Ready?.Timeout.ToTimeSpan() ?? TimeSpan.Zero,
            Setup = Stage(spec.Setup.Count > 0, session.Setup),
            Verify = Stage(spec.Verify.Count > 0, session.Verify),
            // Teardown is also what makes the first runner's snapshot final after verify.
            Teardown = Stage(spec.Verify.Count > 0 || spec.Teardown.Count > 0, session.Teardown),
            SetupMessage = session.Setup.Answer?.Message,
            SetupReason = session.Setup.Answer?.Reason,
            SetupJobs = Jobs(spec.Setup),
            LateJobs = Jobs(spec.Verify) + Jobs(spec.Teardown),
            MaxDuration = session.Test.Longest,
            PlannedDuration = session.Test.Planned,
            OnLoss = spec.Runners.OnLoss,
            ThresholdAbort = session.ThresholdAbort,
            Judged = session.Judged?.Decision,
            EvidenceStored = session.EvidenceStored,
        };
    }

    /// <summary>What the verdict rule needs besides the metrics; null while something is missing that may still come.</summary>
    public static RunEvidence? Circumstances(LoadTestRun run, RunObservation seen, RunSession session, RunDeadlines limits)
    {
        var lost = seen.Runners.Where(r => r.IsLost(seen.Now, limits.Silence)).ToList();
        var owed = seen.Runners.Where(r => !session.Runners[r.Index].HasConcluded && !lost.Contains(r)
            && !r.HasNothingToEnd(seen.Now, limits.Silence) && r.Answers(seen.Now, limits.Silence));
        var canAsk = RunLifecycle.StageRunner(seen, limits) is not null;
        if (owed.Any() || (canAsk && ((seen.Outcome is null && seen.Verify == StageAnswer.Awaited) || seen.Teardown == StageAnswer.Awaited)))
        {
            return null;
        }

        return new RunEvidence
        {
            Setup = Outcome(session.Setup),
            Verify = Outcome(session.Verify),
            Teardown = session.Test.Spec.Teardown.Count > 0 ? Outcome(session.Teardown) : StageOutcome.None,
            Stop = Stop(run.Status.Bookkeeping),
            LostRunners = LostRunners(run, seen, lost, session),
            StartSkew = session.CertainSkew.Skew,
        };
    }

    /// <summary>What became of a lost runner: what was written down when it was lost, or what is seen now.</summary>
    public static string Cause(LoadTestRun run, RunnerObservation runner) =>
        run.Status.Runners?.LostRunners?.FirstOrDefault(l => l.Index == runner.Index && (l.Incarnation ?? 0) == runner.Incarnation)?.Cause
        ?? (runner.PodMessage is { } message ? message.TrimEnd('.') : runner.Pod == PodSight.Absent ? "its Pod is gone" : "it no longer answers");

    private static List<RunnerObservation> Runners(LoadTestRun run, IReadOnlyList<Pod> pods, RunSession session, IReadOnlyList<LostRunnerStatus> lost)
    {
        var byName = pods.ByName();
        return [.. session.Runners.Select((known, index) =>
        {
            var pod = byName.GetValueOrDefault(Names.Pod(run.Metadata.Name!, index, known.Incarnation));
            var (sight, message) = PodSights.Of(pod);
            if (sight == PodSight.Absent && known.PodRefusal is { } refusal)
            {
                (sight, message) = (PodSight.Refused, refusal.Message);
            }
            else if (sight == PodSight.Pending && known.MountTrouble is { } trouble)
            {
                (sight, message) = (PodSight.ContainerFailing, trouble);
            }

            return new RunnerObservation(index, sight)
            {
                PodMessage = message ?? (sight != PodSight.Running ? null : known.Agent == AgentStates.Terminated ? "Its container was told to end before its plan did." : known.Trouble),
                Refusal = sight == PodSight.Refused ? known.PodRefusal : null,
                TroubledSince = known.TroubledSince,
                Agent = known.Agent,
                PlanRefusal = known.PlanRefusal ?? PodSights.Refusal(pod),
                ClockOffset = known.Clock.Offset,
                LastHeard = known.LastHeard,
                Incarnation = known.Incarnation,
                IsHaunted = Enumerable.Range(0, known.Incarnation).Any(i => PodSights.Of(byName.GetValueOrDefault(Names.Pod(run.Metadata.Name!, index, i))).Sight == PodSight.Running),
                ResumeAt = Instants.Read(run.Status.StartTime) is { } start && lost.FirstOrDefault(l => l.Index == index && (l.Incarnation ?? 0) == known.Incarnation - 1)?.ResumedAfter is { } after
                    && Duration.TryParse(after, out var offset) ? start + offset.ToTimeSpan() : null,
                WasLost = lost.Any(l => l.Index == index && (l.Incarnation ?? 0) == known.Incarnation && l.Replaced != true),
            };
        })];
    }

    private static JobTimes Jobs(IReadOnlyList<StepSpec> steps) => StepTree.Of(steps, "", 0).Select(p => p.Step).OfType<JobStep>()
        .Aggregate(default(JobTimes), (sum, job) => sum + new JobTimes(1, job.Timeout.ToTimeSpan()));

    private static StageAnswer Stage(bool exists, StageCall call) => (exists, call.Answer) switch
    {
        (false, _) => StageAnswer.None,
        (_, null) => StageAnswer.Awaited,
        (_, { Ok: true }) => StageAnswer.Succeeded,
        _ => StageAnswer.Failed,
    };

    private static StageOutcome Outcome(StageCall call) => call.Answer switch
    {
        null => StageOutcome.None,
        { Ok: true } => StageOutcome.Succeeded,
        { Message: var message, Reason: var reason } => StageOutcome.Failed(message ?? "it failed", reason),
    };

    private static VerdictDecision? Settled(LoadTestStatus status) => status switch
    {
        { Bookkeeping.Settled: { Verdict: { } verdict } settled } when Enum.TryParse<Verdict>(verdict, out var known) => new(known, settled.Reason ?? Reasons.InternalError, settled.Message ?? ""),
        { Verdict: { } verdict } when Enum.TryParse<Verdict>(verdict, out var known) => new(known, status.Reason ?? Reasons.InternalError, status.Message ?? ""),
        _ => null,
    };

    private static RunStop? Stop(Bookkeeping? book) => Enum.TryParse<StopCause>(book?.StopCause, out var cause)
        ? new RunStop(cause, Duration.TryParse(book!.StopAfter ?? "", out var after) ? after : Duration.Zero)
        : null;

    /// <summary>Those that are lost, and those that were replaced: of these only the time between is missing.</summary>
    private static IReadOnlyList<LostRunner> LostRunners(LoadTestRun run, RunObservation seen, IReadOnlyList<RunnerObservation> lost, RunSession session)
    {
        var replaced = (run.Status.Runners?.LostRunners ?? []).Where(l => l.Replaced == true);
        var others = lost.Select(r => new LostRunnerStatus { Index = r.Index, Incarnation = r.Incarnation == 0 ? null : r.Incarnation, Cause = Cause(run, r) });
        // The load was over before they began, though the instant was agreed: they took nothing over.
        var idle = seen.Runners.Where(r => r is { IsComing: true, ResumeAt: not null })
            .Select(r => new LostRunnerStatus { Index = r.Index, Incarnation = r.Incarnation, Cause = "its replacement came too late" });
        return LostShares.Of(session.Test.Spec, session.Runners.Count, [.. replaced, .. others, .. idle], (index, incarnation) => Known(session, index, incarnation));
    }

    private static Duration? Known(RunSession session, int index, int incarnation) =>
        session.Collector.Workers.Latest(index, incarnation) is { } said ? new Duration(Math.Max(0, said.OffsetNanoseconds)) : null;

    /// <summary>Time from T0 to the last snapshot of an index's newest runner.</summary>
    public static string Heard(RunSession session, int index) => (Known(session, index, session.Runners[index].Incarnation) ?? Duration.Zero).ToString();
}

/// <summary>What a decision depends on besides the run itself.</summary>
/// <param name="Now">The present instant.</param>
/// <param name="Invalidity">All problems of the spec; null if it is valid.</param>
/// <param name="MustQueue">Another run of the same test goes first.</param>
/// <param name="Obstacle">What is in the way of a run that has no session yet; null when nothing is.</param>
public sealed record Surroundings(DateTimeOffset Now, string? Invalidity, bool MustQueue, Obstacle? Obstacle = null)
{
    /// <summary>The test is suspended, and the run is one of those that wait for that to end.</summary>
    public bool IsHeldBack { get; init; }
}
