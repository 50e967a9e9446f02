using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Caching;

/// <summary>One difference between the cache before and after.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Old">The cached state before; null when added.</param>
/// <param name="New">The state after; null when deleted.</param>
public sealed record Change<T>(ChangeType Type, T? Old, T? New)
    where T : class, IKubernetesObject
{
    /// <summary>
    /// True for a deletion that was inferred from the object's absence in a new list: <see cref="Old"/> is then the last state that was seen,
    /// not the final one.
    /// </summary>
    public bool FinalStateUnknown { get; init; }

    /// <summary>The newest state known: after if there is one, otherwise before.</summary>
    public T Latest => New ?? Old!;

    /// <summary>The object's key.</summary>
    public NamespacedName Name => NamespacedName.Of(Latest);
}
