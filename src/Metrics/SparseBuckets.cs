using System.Buffers;

namespace LoadTesting.Metrics;

/// <summary>Immutable: the buckets of one sign that are not empty, by ascending index. The schema is known by the histogram that holds them.</summary>
internal sealed class SparseBuckets : IEquatable<SparseBuckets>
{
    private readonly int _first;
    private readonly PackedIntegers _offsets;
    private readonly PackedIntegers _counts;

    /// <summary>Indexes, ascending, and as many counts, each above 0. Both are copied.</summary>
    public SparseBuckets(ReadOnlySpan<long> indexes, ReadOnlySpan<long> counts)
    {
        Length = indexes.Length;
        _first = Length == 0 ? 0 : (int)indexes[0];
        _offsets = PackedIntegers.Of(indexes, _first);
        _counts = PackedIntegers.Of(counts);
    }

    // The same buckets with other counts.
    private SparseBuckets(SparseBuckets shape, PackedIntegers counts) => (Length, _first, _offsets, _counts) = (shape.Length, shape._first, shape._offsets, counts);

    public static SparseBuckets Empty { get; } = new([], []);

    public int Length { get; }

    public int Index(int i) => _first + (int)_offsets[i];

    public long Count(int i) => _counts[i];

    public int[] Indexes() => [.. Enumerable.Range(0, Length).Select(Index)];

    public long[] Counts() => [.. Enumerable.Range(0, Length).Select(Count)];

    /// <summary>All counts together.</summary>
    public long Total() => _counts.Sum();

    public void AddTo(PagedCounts counts, int fromSchema, int toSchema)
    {
        if (fromSchema == toSchema)
        {
            using var wide = new Buffers(Length);
            _offsets.CopyTo(wide.AllIndexes, _first);
            _counts.CopyTo(wide.AllCounts);
            counts.Add(wide.AllIndexes, wide.AllCounts);
            return;
        }

        for (var i = 0; i < Length; i++) counts.Add(BucketLayout.Downscale(Index(i), fromSchema, toSchema), _counts[i]);
    }

    public SparseBuckets Downscale(int fromSchema, int toSchema)
    {
        if (fromSchema == toSchema || Length == 0) return this;
        var coarse = new PagedCounts();
        AddTo(coarse, fromSchema, toSchema);
        return coarse.ToSparse();
    }

    /// <summary>These counts and others of the same schema, given as ascending indexes with as many counts. While no bucket is new, the indexes are shared.</summary>
    public SparseBuckets Plus(ReadOnlySpan<long> indexes, ReadOnlySpan<long> counts)
    {
        if (indexes.IsEmpty) return this;
        if (Length == 0) return new(indexes, counts);
        using var found = new Buffers(indexes.Length);
        if (indexes[0] >= _first && _offsets.TryFind(indexes, _first, found.AllIndexes) && _counts.TryAdd(found.AllIndexes, counts) is { } added) return new(this, added);
        using var sum = new Buffers(Length + indexes.Length);
        var more = 0;
        for (var i = 0; i < Length; i++)
        {
            var index = Index(i);
            while (more < indexes.Length && indexes[more] < index) sum.Add(indexes[more], counts[more++]);
            sum.Add(index, _counts[i] + (more < indexes.Length && indexes[more] == index ? counts[more++] : 0));
        }

        for (; more < indexes.Length; more++) sum.Add(indexes[more], counts[more]);
        return sum.Length == Length ? new(this, PackedIntegers.Of(sum.Counts)) : new(sum.Indexes, sum.Counts);
    }

    /// <summary>These counts less the earlier ones, of the same schema; null when a count had to be negative: then the earlier ones are no earlier state of these.</summary>
    public SparseBuckets? TrySubtract(SparseBuckets earlier)
    {
        using var rest = new Buffers(Length);
        var e = 0;
        for (var i = 0; i < Length; i++)
        {
            var (index, count) = (Index(i), _counts[i]);
            if (e < earlier.Length && earlier.Index(e) <= index)
            {
                if (earlier.Index(e) < index) return null;
                count -= earlier._counts[e++];
                if (count < 0) return null;
            }

            if (count > 0) rest.Add(index, count);
        }

        return e < earlier.Length ? null : new(rest.Indexes, rest.Counts);
    }

    public bool Equals(SparseBuckets? other) =>
        other is not null && Length == other.Length && _first == other._first && _offsets.Equals(other._offsets) && _counts.Equals(other._counts);

    public override bool Equals(object? obj) => Equals(obj as SparseBuckets);

    public override int GetHashCode() => HashCode.Combine(_first, _offsets, _counts);

    /// <summary>Rented room for buckets whose number is known to be at most so many.</summary>
    internal struct Buffers(int capacity) : IDisposable
    {
        private readonly long[] _indexes = ArrayPool<long>.Shared.Rent(capacity);
        private readonly long[] _bucketCounts = ArrayPool<long>.Shared.Rent(capacity);

        public int Length { get; private set; }

        /// <summary>Room for all, for those who fill it themselves.</summary>
        public readonly Span<long> AllIndexes => _indexes.AsSpan(0, capacity);

        public readonly Span<long> AllCounts => _bucketCounts.AsSpan(0, capacity);

        public readonly ReadOnlySpan<long> Indexes => _indexes.AsSpan(0, Length);

        public readonly ReadOnlySpan<long> Counts => _bucketCounts.AsSpan(0, Length);

        public void Add(long index, long count)
        {
            (_indexes[Length], _bucketCounts[Length]) = (index, count);
            Length++;
        }

        public readonly void Dispose()
        {
            ArrayPool<long>.Shared.Return(_indexes);
            ArrayPool<long>.Shared.Return(_bucketCounts);
        }
    }
}
