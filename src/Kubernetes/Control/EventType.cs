namespace LoadTesting.Kubernetes.Control;

/// <summary>How an event is shown.</summary>
public enum EventType
{
    /// <summary>Expected.</summary>
    Normal,

    /// <summary>Somebody may have to act.</summary>
    Warning,
}
