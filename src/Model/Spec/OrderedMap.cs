using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace LoadTesting.Model.Spec;

/// <summary>An immutable string-keyed map that keeps the order of its source, because reports list things as the author did.</summary>
/// <typeparam name="T">The value.</typeparam>
public sealed class OrderedMap<T> : IReadOnlyDictionary<string, T>
{
    /// <summary>The map without entries.</summary>
    public static readonly OrderedMap<T> Empty = new([]);

    private readonly KeyValuePair<string, T>[] _entries;
    private readonly Dictionary<string, T> _index;

    /// <summary>Copies <paramref name="entries"/>; a repeated key is an <see cref="ArgumentException"/>.</summary>
    public OrderedMap(IEnumerable<KeyValuePair<string, T>> entries)
    {
        _entries = [.. entries];
        _index = new Dictionary<string, T>(_entries.Length, StringComparer.Ordinal);
        foreach (var (key, value) in _entries)
        {
            _index.Add(key, value);
        }
    }

    /// <inheritdoc/>
    public int Count => _entries.Length;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _entries.Select(e => e.Key);

    /// <inheritdoc/>
    public IEnumerable<T> Values => _entries.Select(e => e.Value);

    /// <inheritdoc/>
    public T this[string key] => _index[key];

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _index.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value) => _index.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, T>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, T>>)_entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
