using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace LoadTesting.Metrics;

/// <summary>
/// An immutable set of tags, sorted by key (ordinal). As in Prometheus an empty value is the same as no tag, so neither is ever stored;
/// tags with an empty key are dropped too, as k6's Prometheus output does.
/// </summary>
public sealed class TagSet : IReadOnlyList<KeyValuePair<string, string>>, IEquatable<TagSet>, IComparable<TagSet>
{
    private readonly KeyValuePair<string, string>[] _pairs;
    private readonly int _hash;

    private TagSet(KeyValuePair<string, string>[] sorted)
    {
        _pairs = sorted;
        var hash = new HashCode();
        foreach (var pair in sorted)
        {
            hash.Add(pair.Key, StringComparer.Ordinal);
            hash.Add(pair.Value, StringComparer.Ordinal);
        }

        _hash = hash.ToHashCode();
    }

    /// <summary>No tags.</summary>
    public static TagSet Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _pairs.Length;

    /// <inheritdoc/>
    public KeyValuePair<string, string> this[int index] => _pairs[index];

    /// <summary>The tags given; of several with the same key the last wins.</summary>
    public static TagSet From(IEnumerable<KeyValuePair<string, string>> tags)
    {
        var byKey = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags) byKey[key] = value;
        return Create(byKey);
    }

    /// <summary>The tags given; of several with the same key the last wins.</summary>
    public static TagSet Of(params ReadOnlySpan<(string Key, string Value)> tags)
    {
        var byKey = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags) byKey[key] = value;
        return Create(byKey);
    }

    /// <summary>This set with one tag set, replaced, or (empty value) removed.</summary>
    public TagSet With(string key, string value)
    {
        if (TryGet(key, out var present) ? present == value : value.Length == 0) return this;
        return From(_pairs.Append(new(key, value)));
    }

    /// <summary>This set with all of <paramref name="others"/>, which win where keys are equal.</summary>
    public TagSet With(TagSet others) =>
        others.Count == 0 ? this : Count == 0 ? others : From(_pairs.Concat(others._pairs));

    /// <summary>The value of a tag.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out string? value)
    {
        foreach (var pair in _pairs)
        {
            if (pair.Key == key)
            {
                value = pair.Value;
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <summary>Whether a sample with these tags belongs to the sub-metric <paramref name="filter"/>: all its pairs are here, equal (k6: AND only).</summary>
    public bool Matches(TagSet filter)
    {
        if (filter.Count > Count) return false;
        var i = 0;
        foreach (var wanted in filter._pairs)
        {
            while (i < _pairs.Length && string.CompareOrdinal(_pairs[i].Key, wanted.Key) < 0) i++;
            if (i == _pairs.Length || _pairs[i].Key != wanted.Key || _pairs[i].Value != wanted.Value) return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public bool Equals(TagSet? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && CompareTo(other) == 0);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TagSet);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>Ordinal by key, then value, pair by pair: a total order, so that everything written from snapshots is in one order.</summary>
    public int CompareTo(TagSet? other)
    {
        if (other is null) return 1;
        for (var i = 0; i < _pairs.Length && i < other._pairs.Length; i++)
        {
            var order = string.CompareOrdinal(_pairs[i].Key, other._pairs[i].Key);
            if (order == 0) order = string.CompareOrdinal(_pairs[i].Value, other._pairs[i].Value);
            if (order != 0) return order;
        }

        return Count.CompareTo(other.Count);
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, string>>)_pairs).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>As k6 writes sub-metrics: <c>{name:order,status:200}</c>; nothing when there are no tags.</summary>
    public override string ToString()
    {
        if (Count == 0) return "";
        var text = new StringBuilder("{");
        foreach (var (key, value) in _pairs) text.Append(text.Length > 1 ? "," : "").Append(key).Append(':').Append(value);
        return text.Append('}').ToString();
    }

    private static TagSet Create(SortedDictionary<string, string> byKey)
    {
        KeyValuePair<string, string>[] kept = [.. byKey.Where(p => p.Key.Length > 0 && p.Value.Length > 0)];
        return kept.Length == 0 ? Empty : new TagSet(kept);
    }
}
