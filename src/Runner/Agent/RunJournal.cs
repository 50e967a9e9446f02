using System.Globalization;
using LoadTesting.Metrics;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Reporting;
using LoadTesting.Model.Spec;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Runner.Agent;

/// <summary>
/// What a runner did, in about ten lines of its log, which the operator keeps with the evidence when the Pod is gone: plan, ready, T0, stages, end, errors by
/// cause. The number of lines is bounded whatever the test is like.
/// </summary>
internal sealed partial class RunJournal(ILogger log, WorkerPlan plan, TimeProvider time)
{
    // A log that is read at a glance; the one-second series of the report show every stage.
    internal const int MostMilestones = 12;
    internal const int MostScenarios = 3;
    internal const int MostCauses = 5;

    private readonly long _began = time.GetTimestamp();

    /// <summary>Everything is made, and the start can be agreed.</summary>
    public void Ready()
    {
        LogPlan(log, Plan(plan));
        LogReady(log, HumanFormat.Time(time.GetElapsedTime(_began).TotalMilliseconds));
    }

    /// <summary>The preparation failed.</summary>
    public void NotReady(string message) => LogNotReady(log, message);

    /// <summary>The start instant is known.</summary>
    public void Agreed(DateTimeOffset at, DateTimeOffset? resumeAt)
    {
        var ahead = HumanFormat.Time(((resumeAt ?? at) - time.GetUtcNow()).TotalMilliseconds);
        if (resumeAt is { } from)
        {
            LogResumes(log, Instant(at), Instant(from), ahead);
        }
        else
        {
            LogAgreed(log, Instant(at), ahead);
        }
    }

    /// <summary>Says when scenarios and their stages begin, as they do.</summary>
    /// <param name="start">T0, as a timestamp.</param>
    /// <param name="ended">The load is over.</param>
    public async Task FollowAsync(long start, CancellationToken ended)
    {
        foreach (var (offset, text) in Milestones(plan))
        {
            var left = offset.ToTimeSpan() - time.GetElapsedTime(start);
            if (left > TimeSpan.Zero)
            {
                await Task.Delay(left, time, ended).ContinueWith(static _ => { }, TaskScheduler.Default);
            }

            if (ended.IsCancellationRequested)
            {
                return;
            }

            LogMilestone(log, offset, text);
        }
    }

    /// <summary>Somebody asked for the end.</summary>
    public void Stopped(bool interrupt) => LogStopped(log, interrupt ? "iterations in flight are cut off" : "iterations in flight may end");

    /// <summary>The load is over.</summary>
    /// <param name="measured">What was measured.</param>
    public void Ended(WorkerSnapshot measured)
    {
        LogEnded(log, HumanFormat.Time(Math.Max(0, measured.OffsetNanoseconds) / 1e6), Counts(measured.Snapshot));
        if (Causes(measured.Snapshot) is { } causes)
        {
            LogCauses(log, causes);
        }
    }

    /// <summary>It ends, and why.</summary>
    public void Leaves(bool isAcknowledged) => LogLeaves(log, isAcknowledged ? "the results are stored elsewhere" : "nobody fetched the results in time");

    /// <summary>The share of this runner.</summary>
    internal static string Plan(WorkerPlan plan)
    {
        var named = plan.Scenarios.Take(MostScenarios).Select(s => $"{s.Name}: {ScenarioDescription.Of(s)}");
        var more = plan.Scenarios.Count > MostScenarios ? $"; and {plan.Scenarios.Count - MostScenarios} more scenarios" : "";
        return plan.Scenarios.Count == 0 ? "nothing: there are more runners than VUs" : string.Join("; ", named) + more;
    }

    /// <summary>When what begins, from T0, in order; of many the first ones, and that there are more.</summary>
    internal static IReadOnlyList<(Duration At, string Text)> Milestones(WorkerPlan plan)
    {
        var all = plan.Scenarios.SelectMany(Milestones).Where(m => m.At >= plan.ResumeAt).OrderBy(m => m.At).ToList();
        return all.Count <= MostMilestones ? all : [.. all.Take(MostMilestones - 1), (all[MostMilestones - 1].At, $"and {all.Count - MostMilestones + 1} more stages from here on, which are not listed")];
    }

    /// <summary>What came of it.</summary>
    internal static string Counts(Snapshot measured)
    {
        var requests = Sum(measured, BuiltInMetrics.HttpReqs);
        var failed = measured.Series.Where(s => s.Key.Metric == BuiltInMetrics.HttpReqFailed).Sum(s => ((RateValue)s.Value).Trues);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Sum(measured, BuiltInMetrics.Iterations):N0} iterations, {Sum(measured, BuiltInMetrics.DroppedIterations):N0} dropped, {Sum(measured, BuiltInMetrics.InterruptedIterations):N0} cut off, {requests:N0} requests, {failed:N0} failed ({HumanFormat.Percent(requests == 0 ? 0 : failed / requests)})");
    }

    /// <summary>Why requests failed, most frequent cause first; null when none did.</summary>
    internal static string? Causes(Snapshot measured)
    {
        var causes = FailureReport.Of(measured).GroupBy(f => f.Cause).Select(g => (Cause: g.Key, Count: g.Sum(f => f.Count))).OrderByDescending(c => c.Count).ThenBy(c => c.Cause, StringComparer.Ordinal).ToList();
        var more = causes.Count > MostCauses ? $"; and {causes.Count - MostCauses} more causes" : "";
        return causes.Count == 0 ? null : string.Join("; ", causes.Take(MostCauses).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Cause} {c.Count:N0}×"))) + more;
    }

    private static IEnumerable<(Duration At, string Text)> Milestones(ScenarioPlan plan)
    {
        var (stages, from) = plan.Spec switch
        {
            RampingVusScenario s => (s.Stages, s.StartVUs),
            RampingArrivalRateScenario s => (s.Stages, s.StartRate),
            _ => ([], 0L),
        };
        var unit = plan.Spec is RampingArrivalRateScenario ramp ? $" per {ramp.TimeUnit}" : " VUs";
        var at = plan.Spec.StartTime;
        if (stages.Count == 0)
        {
            yield return (at, $"scenario {plan.Name} begins");
        }

        for (var i = 0; i < stages.Count; i++)
        {
            var (duration, target) = (stages[i].Duration, stages[i].Target);
            var what = duration == Duration.Zero ? $"jumps to {target}{unit}" : target == from ? $"stays at {target}{unit} for {duration}" : $"goes from {from} to {target}{unit} in {duration}";
            yield return (at, $"scenario {plan.Name}, stage {i + 1} of {stages.Count}: {what}, all runners together");
            at += duration;
            from = target;
        }
    }

    private static double Sum(Snapshot measured, MetricDefinition metric) => measured.Series.Where(s => s.Key.Metric == metric).Sum(s => ((CounterValue)s.Value).Sum);

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    [LoggerMessage(Level = LogLevel.Information, Message = "plan of this runner: {Plan}")]
    private static partial void LogPlan(ILogger logger, string plan);

    [LoggerMessage(Level = LogLevel.Information, Message = "ready after {Time}: the target is resolved, the virtual users are made")]
    private static partial void LogReady(ILogger logger, string time);

    [LoggerMessage(Level = LogLevel.Error, Message = "not ready, and will not be: {Reason}")]
    private static partial void LogNotReady(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "T0 is {At}, in {Ahead}")]
    private static partial void LogAgreed(ILogger logger, string at, string ahead);

    [LoggerMessage(Level = LogLevel.Information, Message = "T0 was {At}; takes over from a lost runner at {From}, in {Ahead}")]
    private static partial void LogResumes(ILogger logger, string at, string from, string ahead);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Offset} after T0: {What}")]
    private static partial void LogMilestone(ILogger logger, Duration offset, string what);

    [LoggerMessage(Level = LogLevel.Information, Message = "asked to stop: no iteration starts any more, {What}")]
    private static partial void LogStopped(ILogger logger, string what);

    [LoggerMessage(Level = LogLevel.Information, Message = "the load ended {Offset} after T0: {Counts}")]
    private static partial void LogEnded(ILogger logger, string offset, string counts);

    [LoggerMessage(Level = LogLevel.Warning, Message = "failed requests by cause: {Causes}")]
    private static partial void LogCauses(ILogger logger, string causes);

    [LoggerMessage(Level = LogLevel.Information, Message = "ends: {Why}")]
    private static partial void LogLeaves(ILogger logger, string why);
}
