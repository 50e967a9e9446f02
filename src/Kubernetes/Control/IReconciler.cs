using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Control;

/// <summary>
/// Brings the world to the state that an object asks for. Level-based: it is told which object, never what happened to it, reads all state,
/// and may be called at any time and any number of times; never twice at once for the same name.
/// </summary>
public interface IReconciler
{
    /// <summary>One pass.</summary>
    /// <param name="name">The object, which may be gone by now.</param>
    /// <param name="cancellation">Cancelled when the process must stop.</param>
    Task<ReconcileResult> ReconcileAsync(NamespacedName name, CancellationToken cancellation);
}
