using LoadTesting.Model.Contract;
using LoadTesting.Model.Judging;

namespace LoadTesting.Operator.Lifecycle;

/// <summary>One job as seen now.</summary>
/// <param name="Ordinal">Of its order.</param>
/// <param name="Now">The present instant.</param>
/// <param name="Pod">Its Pod.</param>
/// <param name="Timeout">How long the program may run.</param>
public sealed record JobSight(int Ordinal, DateTimeOffset Now, PodSight Pod, TimeSpan Timeout)
{
    /// <summary>What kubelet, scheduler or API server say about a Pod that does not run.</summary>
    public string? PodMessage { get; init; }

    /// <summary>Why the API server made no Pod; null when it was not asked, or made it.</summary>
    public Obstacle? Refusal { get; init; }

    /// <summary>The program's, once it ended by itself.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Its Pod existed before: if there is none now, it is gone with what it did.</summary>
    public bool WasMade { get; init; }

    /// <summary>Since when this process looks at it.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Since when this process sees it run; null before.</summary>
    public DateTimeOffset? RunsSince { get; init; }
}

/// <summary>What is to be done about a job.</summary>
public abstract record JobAction
{
    private JobAction()
    {
    }

    /// <summary>Nothing: it goes on.</summary>
    public sealed record Wait : JobAction;

    /// <summary>Make its Pod.</summary>
    public sealed record Create : JobAction;

    /// <summary>It ended by itself: read what it printed.</summary>
    /// <param name="ExitCode">The program's.</param>
    public sealed record Collect(int ExitCode) : JobAction;

    /// <summary>It comes to no result.</summary>
    /// <param name="Result">What the runner is told.</param>
    /// <param name="Kill">Its Pod is to be deleted, because the program still runs.</param>
    public sealed record End(JobResult Result, bool Kill) : JobAction;
}

/// <summary>
/// The course of a job as a pure function: it is made once, runs once, and time alone ends it. A Pod that was seen and is gone is never made again, because nobody knows what its program
/// has done.
/// </summary>
public static class JobCourse
{
    /// <summary>The next step.</summary>
    public static JobAction Decide(JobSight seen, RunDeadlines limits)
    {
        var waited = seen.Now - seen.Since;
        return seen.Pod switch
        {
            PodSight.Terminated when seen.ExitCode is { } code => new JobAction.Collect(code),
            PodSight.Terminated or PodSight.Deleting => None(seen, Reasons.JobFailed, seen.PodMessage ?? "its Pod ended"),
            PodSight.OutOfMemory => None(seen, Reasons.OutOfMemory, seen.PodMessage ?? "it was killed for its memory"),
            PodSight.Absent when seen.WasMade => None(seen, Reasons.JobFailed, "its Pod is gone, and nobody knows what it did"),
            PodSight.Absent => new JobAction.Create(),
            PodSight.Refused => (seen.Refusal ?? Obstacle.OfPod(seen.PodMessage)) is var refusal && refusal.IsOver(seen.Now, seen.Since, limits)
                ? None(seen, refusal.Reason, refusal.Message.TrimEnd('.'))
                : new JobAction.Create(),
            PodSight.Running => seen.RunsSince is { } since && seen.Now - since > seen.Timeout
                ? None(seen, Reasons.JobTimedOut, $"it did not end within {seen.Timeout.TotalSeconds:0.#} s", kill: true)
                : new JobAction.Wait(),
            PodSight.ImagePullFailing when waited > limits.Obstacle => None(seen, Reasons.ImagePullFailed, seen.PodMessage ?? "its image could not be pulled", kill: true),
            PodSight.Unschedulable when waited > limits.Obstacle => None(seen, Reasons.Unschedulable, seen.PodMessage ?? "no node takes it", kill: true),
            PodSight.ContainerFailing when waited > limits.Obstacle => None(seen, Reasons.JobFailed, seen.PodMessage ?? "its container could not be made", kill: true),
            _ => waited > limits.Ready ? None(seen, Reasons.JobFailed, $"it did not begin within {limits.Ready}. {seen.PodMessage}".TrimEnd(), kill: true) : new JobAction.Wait(),
        };
    }

    private static JobAction.End None(JobSight seen, string reason, string message, bool kill = false) => new(JobResult.None(seen.Ordinal, reason, message), kill);
}
