using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Caching;

/// <summary>Keys by value; guarded by its store's lock. An object leaves with the values of the state it entered with.</summary>
internal sealed class StoreIndex<T>(Func<T, IEnumerable<string>> values)
{
    private readonly Dictionary<string, HashSet<NamespacedName>> _keys = [];

    public IEnumerable<NamespacedName> Find(string value) => _keys.TryGetValue(value, out var keys) ? keys : [];

    public void Enter(NamespacedName key, T item)
    {
        foreach (var value in values(item))
        {
            if (!_keys.TryGetValue(value, out var keys))
            {
                _keys[value] = keys = [];
            }

            keys.Add(key);
        }
    }

    public void Leave(NamespacedName key, T item)
    {
        foreach (var value in values(item))
        {
            if (_keys.TryGetValue(value, out var keys) && keys.Remove(key) && keys.Count == 0)
            {
                _keys.Remove(value);
            }
        }
    }
}
