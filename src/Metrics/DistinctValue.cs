namespace LoadTesting.Metrics;

/// <summary>
/// How many different values a series had. Exact up to 2048 different values (but for collisions of 52-bit hashes, one in 10^9 runs), beyond that an estimate with
/// <see cref="StandardError"/>. Merging is the union of the values: associative, commutative and idempotent, bit by bit.
/// </summary>
public sealed class DistinctValue : SeriesValue, IEquatable<DistinctValue>
{
    private readonly long[] _hashes;
    private readonly byte[]? _registers;

    private DistinctValue(long[] hashes, byte[]? registers)
    {
        (_hashes, _registers) = (hashes, registers);
        Count = registers is null ? hashes.Length : Math.Round(DistinctSketch.Estimate(registers));
    }

    /// <inheritdoc/>
    public override MetricType Type => MetricType.Distinct;

    /// <summary>Different values, a whole number.</summary>
    public double Count { get; }

    /// <summary>Whether <see cref="Count"/> is exact.</summary>
    public bool IsExact => _registers is null;

    /// <summary>Standard error of <see cref="Count"/> relative to it: 0 while it is exact, else 1.15 %.</summary>
    public double StandardError => IsExact ? 0 : DistinctSketch.StandardError;

    /// <summary>The different hashes, ascending; empty when there are registers.</summary>
    internal IReadOnlyList<long> Hashes => _hashes;

    /// <summary>The sketch's registers; null while the count is exact.</summary>
    internal IReadOnlyList<byte>? Registers => _registers;

    /// <inheritdoc/>
    public bool Equals(DistinctValue? other) => other is not null && IsExact == other.IsExact
        && (_registers is null ? _hashes.AsSpan().SequenceEqual(other._hashes) : _registers.AsSpan().SequenceEqual(other._registers));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DistinctValue);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(IsExact, Count);

    /// <summary>The value of a set of hashes, however many.</summary>
    internal static DistinctValue Of(IReadOnlySet<long> hashes)
    {
        if (hashes.Count > DistinctSketch.MaxExact)
        {
            var registers = new byte[DistinctSketch.Registers];
            foreach (var hash in hashes) DistinctSketch.Enter(hash, registers);
            return new([], registers);
        }

        long[] sorted = [.. hashes];
        Array.Sort(sorted);
        return new(sorted, null);
    }

    /// <summary>The value of registers, which nobody changes afterwards.</summary>
    internal static DistinctValue Of(byte[] registers) => new([], registers);

    internal override SeriesValue MergedWith(IReadOnlyList<SeriesValue> others)
    {
        if (others.Count == 0) return this;
        var hashes = new HashSet<long>(_hashes);
        var registers = (byte[]?)_registers?.Clone();
        foreach (var value in others)
        {
            var other = (DistinctValue)value;
            hashes.UnionWith(other._hashes);
            if (other._registers is null) continue;
            registers ??= new byte[DistinctSketch.Registers];
            for (var i = 0; i < registers.Length; i++) registers[i] = Math.Max(registers[i], other._registers[i]);
        }

        if (registers is null) return Of(hashes);
        foreach (var hash in hashes) DistinctSketch.Enter(hash, registers);
        return new DistinctValue([], registers);
    }

    /// <summary>A set has no difference: values that came since may have been there before. The window's value is the whole.</summary>
    internal override SeriesValue Since(SeriesValue earlier) => this;
}
