using System.Globalization;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Judging;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Collection;

namespace LoadTesting.Operator.Telemetry;

/// <summary>What a written status means for <see cref="RunMetrics"/>.</summary>
internal static class RunTransitions
{
    /// <summary>A run's status was written.</summary>
    /// <param name="metrics">Where it is counted.</param>
    /// <param name="before">The run as it was.</param>
    /// <param name="after">The run as it is now.</param>
    /// <param name="skew">Latest minus earliest start of its runners, once known.</param>
    /// <param name="now">The wall clock.</param>
    public static void Moved(this RunMetrics metrics, LoadTestRun before, LoadTestRun after, TimeSpan? skew, DateTimeOffset now)
    {
        var (old, next) = (before.Status, after.Status);
        var name = NamespacedName.Of(after);
        if (next.Phase != RunPhase.Finished)
        {
            metrics.RunActive(name, next.Runners?.Desired ?? 0);
            metrics.Tests.Going(name, after.Spec.LoadTestRef.Name);
        }

        if (next.Phase == RunPhase.Running && old.Phase != RunPhase.Running)
        {
            metrics.RunStarted();
        }

        if ((next.Runners?.Lost ?? 0) - (old.Runners?.Lost ?? 0) is > 0 and var lost)
        {
            metrics.RunnersLost(lost);
        }

        if (next.Phase == RunPhase.Evaluating && old.Phase == RunPhase.Running && skew is { } spread)
        {
            metrics.RunnersStarted(spread);
        }

        if (next.Phase == RunPhase.Finished && old.Phase != RunPhase.Finished && Enum.TryParse<Verdict>(next.Verdict, out var verdict))
        {
            var ended = old.Phase == RunPhase.Evaluating ? Instant(old.Bookkeeping?.PhaseTime) : null;
            metrics.Tests.Judged(name, after.Spec.LoadTestRef.Name, verdict, now, isNew: true);
            metrics.RunFinished(name, verdict, next.Reason ?? "Unknown", now - (after.Metadata.CreationTimestamp ?? now), now - ended);
        }
    }

    /// <summary>A run was found that has a verdict: another process gave it, or this one in an earlier pass.</summary>
    public static void Found(this RunMetrics metrics, LoadTestRun run)
    {
        if (run.Status.Phase == RunPhase.Finished && Enum.TryParse<Verdict>(run.Status.Verdict, out var verdict) && Instant(run.Status.CompletionTime) is { } at)
        {
            metrics.Tests.Judged(NamespacedName.Of(run), run.Spec.LoadTestRef.Name, verdict, at, isNew: false);
        }
    }

    /// <summary>A runner was asked for its snapshot.</summary>
    public static void Read(this RunMetrics metrics, RunnerReading reading)
    {
        if (reading.Snapshot is null)
        {
            metrics.ScrapeFailed(reading.IsRefused);
        }
        else
        {
            metrics.Scraped(reading.RoundTrip);
        }
    }

    private static DateTimeOffset? Instant(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : null;
}
