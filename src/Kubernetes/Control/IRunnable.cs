namespace LoadTesting.Kubernetes.Control;

/// <summary>Something that the controller manager runs for the process's life.</summary>
public interface IRunnable
{
    /// <summary>Runs until cancelled; returning earlier or throwing ends the manager.</summary>
    Task RunAsync(CancellationToken cancellation);
}
