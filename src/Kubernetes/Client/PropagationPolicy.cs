namespace LoadTesting.Kubernetes.Client;

/// <summary>What becomes of the objects that the deleted one owns.</summary>
public enum PropagationPolicy
{
    /// <summary>The object goes now, its dependents are collected afterwards.</summary>
    Background,

    /// <summary>Dependents that block deletion go first; the object stays, terminating, until they are gone.</summary>
    Foreground,

    /// <summary>Dependents stay and lose their owner.</summary>
    Orphan,
}
