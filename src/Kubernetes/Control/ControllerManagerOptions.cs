namespace LoadTesting.Kubernetes.Control;

/// <summary>How a manager starts and stops.</summary>
public sealed record ControllerManagerOptions
{
    /// <summary>How long runnables may take to end once told to. Default 30 s.</summary>
    public TimeSpan GracefulStop { get; init; } = TimeSpan.FromSeconds(30);
}
