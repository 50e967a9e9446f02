using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Kubernetes.Caching;

/// <summary>
/// Keeps a <see cref="Store{T}"/> equal to the server's state and tells handlers what changed, in order, one at a time. Handlers must be quick
/// (put a key into a queue) and must not wait.
/// </summary>
public sealed partial class Informer<T> : IInformer
    where T : class, IKubernetesObject
{
    private readonly Lock _dispatch = new();
    private readonly List<Action<Change<T>>> _handlers = [];
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly (string? Namespace, Reflector<T> Reflector)[] _parts;
    private readonly HashSet<string> _listed = [];
    private readonly ILogger _logger;

    /// <param name="type">The kind to follow.</param>
    /// <param name="reader">Lists.</param>
    /// <param name="watcher">Watches; usually the same client.</param>
    /// <param name="options">Which objects, and patience.</param>
    /// <param name="time">Clock of pauses and watchdogs.</param>
    /// <param name="logger">Where failures go.</param>
    public Informer(ResourceType<T> type, IReader reader, IWatcher watcher, InformerOptions options, TimeProvider time, ILogger logger)
    {
        Name = type.ToString();
        _logger = logger;
        var spaces = options.Namespaces.Distinct(StringComparer.Ordinal).Cast<string?>().DefaultIfEmpty();
        _parts = [.. spaces.Select(space => (space, new Reflector<T>(type, reader, watcher, space, options, time, logger)))];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The objects as last seen. Empty before <see cref="HasSynced"/>.</summary>
    public Store<T> Store { get; } = new();

    /// <inheritdoc/>
    public bool HasSynced => _synced.Task.IsCompletedSuccessfully;

    /// <summary>Adds a handler; it is told at once of the objects already known, as additions.</summary>
    public void AddHandler(Action<Change<T>> handler)
    {
        lock (_dispatch)
        {
            _handlers.Add(handler);
            foreach (var item in Store.List())
            {
                Tell(handler, new Change<T>(ChangeType.Added, null, item));
            }
        }
    }

    /// <inheritdoc/>
    public Task WaitForSyncAsync(CancellationToken cancellation) => _synced.Task.WaitAsync(cancellation);

    /// <inheritdoc/>
    public Task RunAsync(CancellationToken cancellation) =>
        Task.WhenAll(_parts.Select(part => part.Reflector.RunAsync(all => Replace(all, part.Namespace), Apply, cancellation)));

    private void Replace(IReadOnlyList<T> all, string? space)
    {
        bool isWhole;
        lock (_dispatch)
        {
            Dispatch_NeedsLock(Store.Replace(all, space));
            _listed.Add(space ?? "");
            isWhole = _listed.Count == _parts.Length;
        }

        if (isWhole)
        {
            _synced.TrySetResult();
        }
    }

    private void Apply(WatchEvent<T> change)
    {
        lock (_dispatch)
        {
            Dispatch_NeedsLock(change.Type == WatchEventType.Deleted ? Store.Remove(change.Object!) : Store.Put(change.Object!));
        }
    }

    private void Dispatch_NeedsLock(IReadOnlyList<Change<T>> changes)
    {
        foreach (var change in changes)
        {
            foreach (var handler in _handlers)
            {
                Tell(handler, change);
            }
        }
    }

    private void Tell(Action<Change<T>> handler, Change<T> change)
    {
        try
        {
            handler(change);
        }
        catch (Exception e)
        {
            // A faulty handler must not starve the others; nothing is lost that its next pass would not read again.
            LogHandlerFailed(e, Name, change.Type, change.Name);
        }
    }
}
