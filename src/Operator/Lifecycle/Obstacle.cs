using LoadTesting.Model.Judging;

namespace LoadTesting.Operator.Lifecycle;

/// <summary>Something outside of the run keeps it from going on.</summary>
/// <param name="Hope">Whether waiting or trying again may help.</param>
/// <param name="Reason">The reason of a run that ends because of it, one of <see cref="Reasons"/>.</param>
/// <param name="Message">One sentence: what was to be done, what is in the way, and what a person can do.</param>
public sealed record Obstacle(Hope Hope, string Reason, string Message)
{
    /// <summary>Since when it is seen; null = as long as the phase lasts.</summary>
    public DateTimeOffset? Since { get; init; }

    // plugin/pkg/admission/resourcequota.
    internal const string Quota = "exceeded quota";

    /// <summary>The name that an object of the run must have is taken.</summary>
    public static Obstacle Taken(string what) => new(
        Hope.Somebody, Reasons.NameTaken, $"{what} exists already and does not belong to this run. Delete or rename it, or give the LoadTestRun another name.");

    /// <summary>A Pod that the API server did not make, of which only its words are known.</summary>
    internal static Obstacle OfPod(string? message) =>
        new(Hope.Somebody, message?.Contains(Quota, StringComparison.OrdinalIgnoreCase) == true ? Reasons.QuotaExceeded : Reasons.PodRefused, message ?? "The Pod was refused.");

    /// <summary>
    /// Whether it is time to give up: at once when there is no hope, after <see cref="RunDeadlines.Obstacle"/> when only somebody else can remove it.
    /// </summary>
    /// <param name="now">The present instant.</param>
    /// <param name="phaseSince">Since when the phase lasts.</param>
    /// <param name="limits">How long it may last.</param>
    public bool IsOver(DateTimeOffset now, DateTimeOffset phaseSince, RunDeadlines limits) => Hope switch
    {
        Hope.None => true,
        Hope.Somebody => now - (Since ?? phaseSince) > limits.Obstacle,
        _ => false,
    };
}

/// <summary>What may remove an <see cref="Obstacle"/>.</summary>
public enum Hope
{
    /// <summary>Trying again: the API server or the network had trouble. Only the deadline of the phase ends it.</summary>
    Retry,

    /// <summary>
    /// Somebody or something else: quota, rights, admission, the object that has the name. It may last for <see cref="RunDeadlines.Obstacle"/>.
    /// </summary>
    Somebody,

    /// <summary>Nothing: the same request has the same answer for ever.</summary>
    None,
}
