namespace LoadTesting.Kubernetes.Control;

/// <summary>How one pass over an object ended: a closed set, each with one consequence.</summary>
public abstract record ReconcileResult
{
    private ReconcileResult()
    {
    }

    /// <summary>Nothing to do until something changes; forgets earlier failures.</summary>
    public static ReconcileResult Finished { get; } = new Done();

    /// <summary>Look again after a delay (or earlier when something changes); forgets earlier failures.</summary>
    public static ReconcileResult Again(TimeSpan delay) => new After(delay);

    /// <summary>Nothing to do until something changes.</summary>
    public sealed record Done : ReconcileResult;

    /// <summary>Look again after <paramref name="Delay"/>; zero or less means at once.</summary>
    public sealed record After(TimeSpan Delay) : ReconcileResult;

    /// <summary>Try again with the item's exponential back-off. An exception out of the reconciler is the same.</summary>
    public sealed record Failed(Exception Error) : ReconcileResult
    {
        /// <summary>
        /// The longest pause before the next attempt, whatever the back-off has come to: an object with a deadline is looked at by then, however often it
        /// failed before. Null = no bound.
        /// </summary>
        public TimeSpan? Within { get; init; }
    }

    /// <summary>Failed in a way that trying again cannot mend; only a change of the object can.</summary>
    public sealed record Terminal(Exception Error) : ReconcileResult;
}
