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

    /// <summary>The tags given; of several with the same key the last wins. Ill-formed UTF-16 becomes U+FFFD: no format could carry it.</summary>
    public static TagSet From(IEnumerable<KeyValuePair<string, string>> tags) => Create([.. tags]);

    /// <summary>As <see cref="From"/>.</summary>
    public static TagSet Of(params ReadOnlySpan<(string Key, string Value)> tags)
    {
        var pairs = new KeyValuePair<string, string>[tags.Length];
        for (var i = 0; i < tags.Length; i++) pairs[i] = new(tags[i].Key, tags[i].Value);
        return Create(pairs);
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

    /// <summary>Sorts in place (insertion: sets are small and mostly sorted already), then keeps the last of each key.</summary>
    private static TagSet Create(KeyValuePair<string, string>[] pairs)
    {
        for (var i = 0; i < pairs.Length; i++)
        {
            var pair = new KeyValuePair<string, string>(WellFormed(pairs[i].Key), WellFormed(pairs[i].Value));
            var j = i;
            for (; j > 0 && string.CompareOrdinal(pairs[j - 1].Key, pair.Key) > 0; j--) pairs[j] = pairs[j - 1];
            pairs[j] = pair;
        }

        var kept = 0;
        for (var i = 0; i < pairs.Length; i++)
        {
            var isLast = i + 1 == pairs.Length || pairs[i + 1].Key != pairs[i].Key;
            if (isLast && pairs[i].Key.Length > 0 && pairs[i].Value.Length > 0) pairs[kept++] = pairs[i];
        }

        return kept == 0 ? Empty : new TagSet(pairs[..kept]);
    }

    private static string WellFormed(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')) return text;
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) result.Append(rune);
        return result.ToString();
    }
}
