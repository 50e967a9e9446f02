using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Caching;

/// <summary>
/// The newest known state of all objects of a kind, with indexes. Safe for concurrent use; objects are immutable and shared.
/// Only its informer writes to it, tests aside.
/// </summary>
public sealed class Store<T>
    where T : class, IKubernetesObject
{
    private readonly Lock _gate = new();
    private readonly Dictionary<NamespacedName, T> _items = [];
    private readonly Dictionary<string, StoreIndex<T>> _indexes = [];

    /// <summary>How many objects are known.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _items.Count;
            }
        }
    }

    /// <summary>Adds an index; objects already known are entered.</summary>
    /// <param name="index">Its name, for <see cref="FindBy"/>.</param>
    /// <param name="values">The values under which an object is to be found; none leaves it out.</param>
    public void AddIndex(string index, Func<T, IEnumerable<string>> values)
    {
        lock (_gate)
        {
            var added = new StoreIndex<T>(values);
            foreach (var (key, item) in _items)
            {
                added.Enter(key, item);
            }

            _indexes.Add(index, added);
        }
    }

    /// <summary>One object, or null when none is known.</summary>
    public T? Find(NamespacedName name)
    {
        lock (_gate)
        {
            return _items.GetValueOrDefault(name);
        }
    }

    /// <summary>All objects, in no order.</summary>
    /// <param name="namespaceName">Null = of all namespaces.</param>
    public IReadOnlyList<T> List(string? namespaceName = null)
    {
        lock (_gate)
        {
            return namespaceName is null ? [.. _items.Values] : [.. _items.Where(i => i.Key.Namespace == namespaceName).Select(i => i.Value)];
        }
    }

    /// <summary>The objects under a value of an index, in no order.</summary>
    public IReadOnlyList<T> FindBy(string index, string value)
    {
        lock (_gate)
        {
            return [.. _indexes[index].Find(value).Select(key => _items[key])];
        }
    }

    /// <summary>
    /// Enters a state. A state that is not newer than the known one is ignored. A namesake with another uid first deletes its predecessor,
    /// whose deletion was missed.
    /// </summary>
    public IReadOnlyList<Change<T>> Put(T item)
    {
        lock (_gate)
        {
            return Put_NeedsLock(item);
        }
    }

    /// <summary>Removes an object after its deletion was reported with its final state; ignored when a younger namesake is known.</summary>
    public IReadOnlyList<Change<T>> Remove(T final)
    {
        lock (_gate)
        {
            var key = NamespacedName.Of(final);
            if (!_items.TryGetValue(key, out var known) || ResourceVersions.IsOlder(final.Metadata.ResourceVersion, known.Metadata.ResourceVersion))
            {
                return [];
            }

            var isSame = known.Metadata.Uid == final.Metadata.Uid;
            Forget_NeedsLock(key, known);
            return [new Change<T>(ChangeType.Deleted, isSame ? final : known, null) { FinalStateUnknown = !isSame }];
        }
    }

    /// <summary>Enters a complete list: what it lacks is gone.</summary>
    /// <param name="all">The list.</param>
    /// <param name="namespaceName">The namespace that it is complete for; null = all.</param>
    public IReadOnlyList<Change<T>> Replace(IReadOnlyList<T> all, string? namespaceName = null)
    {
        lock (_gate)
        {
            var changes = new List<Change<T>>();
            var listed = all.Select(NamespacedName.Of).ToHashSet();
            foreach (var (key, known) in _items.Where(i => (namespaceName is null || i.Key.Namespace == namespaceName) && !listed.Contains(i.Key)).ToList())
            {
                Forget_NeedsLock(key, known);
                changes.Add(Inferred(known));
            }

            foreach (var item in all)
            {
                changes.AddRange(Put_NeedsLock(item));
            }

            return changes;
        }
    }

    private static Change<T> Inferred(T known) => new(ChangeType.Deleted, known, null) { FinalStateUnknown = true };

    private IReadOnlyList<Change<T>> Put_NeedsLock(T item)
    {
        var key = NamespacedName.Of(item);
        if (!_items.TryGetValue(key, out var known))
        {
            Remember_NeedsLock(key, item);
            return [new Change<T>(ChangeType.Added, null, item)];
        }

        var version = item.Metadata.ResourceVersion;
        if ((version is not null && version == known.Metadata.ResourceVersion) || ResourceVersions.IsOlder(version, known.Metadata.ResourceVersion))
        {
            return [];
        }

        Forget_NeedsLock(key, known);
        Remember_NeedsLock(key, item);
        return known.Metadata.Uid == item.Metadata.Uid
            ? [new Change<T>(ChangeType.Updated, known, item)]
            : [Inferred(known), new Change<T>(ChangeType.Added, null, item)];
    }

    private void Remember_NeedsLock(NamespacedName key, T item)
    {
        _items[key] = item;
        foreach (var index in _indexes.Values)
        {
            index.Enter(key, item);
        }
    }

    private void Forget_NeedsLock(NamespacedName key, T item)
    {
        _items.Remove(key);
        foreach (var index in _indexes.Values)
        {
            index.Leave(key, item);
        }
    }
}
