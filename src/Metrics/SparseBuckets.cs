namespace LoadTesting.Metrics;

/// <summary>Immutable: the buckets of one sign that are not empty, by ascending index. The schema is known by the histogram that holds them.</summary>
internal sealed class SparseBuckets : IEquatable<SparseBuckets>
{
    private readonly int[] _indexes;
    private readonly long[] _counts;

    public SparseBuckets(int[] indexes, long[] counts) => (_indexes, _counts) = (indexes, counts);

    public static SparseBuckets Empty { get; } = new([], []);

    public ReadOnlySpan<int> Indexes => _indexes;

    public ReadOnlySpan<long> Counts => _counts;

    public int Length => _indexes.Length;

    public void AddTo(PagedCounts counts, int fromSchema, int toSchema)
    {
        for (var i = 0; i < _indexes.Length; i++) counts.Add(BucketLayout.Downscale(_indexes[i], fromSchema, toSchema), _counts[i]);
    }

    public SparseBuckets Downscale(int fromSchema, int toSchema)
    {
        if (fromSchema == toSchema || Length == 0) return this;
        var (indexes, counts) = (new List<int>(), new List<long>());
        for (var i = 0; i < _indexes.Length; i++)
        {
            var index = BucketLayout.Downscale(_indexes[i], fromSchema, toSchema);
            if (indexes.Count > 0 && indexes[^1] == index)
            {
                counts[^1] += _counts[i];
            }
            else
            {
                indexes.Add(index);
                counts.Add(_counts[i]);
            }
        }

        return new([.. indexes], [.. counts]);
    }

    /// <summary>These counts less the earlier ones, of the same schema; null when a count had to be negative: then the earlier ones are no earlier state of these.</summary>
    public SparseBuckets? TrySubtract(SparseBuckets earlier)
    {
        var (indexes, counts) = (new List<int>(), new List<long>());
        var e = 0;
        for (var i = 0; i < Length; i++)
        {
            if (e < earlier.Length && earlier._indexes[e] < _indexes[i]) return null;
            var before = e < earlier.Length && earlier._indexes[e] == _indexes[i] ? earlier._counts[e++] : 0;
            if (before > _counts[i]) return null;
            if (before == _counts[i]) continue;
            indexes.Add(_indexes[i]);
            counts.Add(_counts[i] - before);
        }

        return e < earlier.Length ? null : new([.. indexes], [.. counts]);
    }

    public bool Equals(SparseBuckets? other) =>
        other is not null && Indexes.SequenceEqual(other.Indexes) && Counts.SequenceEqual(other.Counts);

    public override bool Equals(object? obj) => Equals(obj as SparseBuckets);

    public override int GetHashCode() => Length == 0 ? 0 : HashCode.Combine(Length, _indexes[0], _counts[0], _indexes[^1], _counts[^1]);
}
