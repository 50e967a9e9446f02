using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Control;

/// <summary>Which lease, who asks for it, and the three times. Defaults are client-go's.</summary>
public sealed record LeaderElectionOptions
{
    /// <summary>The lease that all candidates compete for.</summary>
    public required NamespacedName Lease { get; init; }

    /// <summary>Unique per process, not per host: a restarted process must not take itself for its predecessor.</summary>
    public required string Identity { get; init; }

    /// <summary>How long others wait after the last renewal that they saw. Default 15 s, whole seconds.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a leader goes on without a successful renewal. Default 10 s; less than <see cref="LeaseDuration"/>.</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Pause between attempts. Default 2 s; <see cref="RenewDeadline"/> must exceed 1.2 of it, the longest jittered pause.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>What is wrong with the options; empty when nothing is.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if (LeaseDuration <= RenewDeadline)
        {
            problems.Add($"leaseDuration ({LeaseDuration}) must be longer than renewDeadline ({RenewDeadline})");
        }

        if (RenewDeadline <= RetryPeriod * LeaderElector.JitterFactor)
        {
            problems.Add($"renewDeadline ({RenewDeadline}) must be longer than {LeaderElector.JitterFactor} x retryPeriod ({RetryPeriod})");
        }

        if (RetryPeriod <= TimeSpan.Zero)
        {
            problems.Add($"retryPeriod ({RetryPeriod}) must be positive");
        }

        if (LeaseDuration < TimeSpan.FromSeconds(1) || LeaseDuration.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            problems.Add($"leaseDuration ({LeaseDuration}) must be a whole number of seconds, at least one");
        }

        if (string.IsNullOrEmpty(Identity))
        {
            problems.Add("identity must not be empty");
        }

        return problems;
    }
}
