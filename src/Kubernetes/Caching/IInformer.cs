namespace LoadTesting.Kubernetes.Caching;

/// <summary>What a manager needs of an informer, whatever its kind.</summary>
public interface IInformer
{
    /// <summary>The kind, for messages.</summary>
    string Name { get; }

    /// <summary>Whether the first complete list has been entered and its changes were handed out.</summary>
    bool HasSynced { get; }

    /// <summary>Completes when <see cref="HasSynced"/> becomes true.</summary>
    Task WaitForSyncAsync(CancellationToken cancellation);

    /// <summary>Follows the server until cancelled, through every failure; call it once.</summary>
    Task RunAsync(CancellationToken cancellation);
}
