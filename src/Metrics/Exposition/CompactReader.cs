using static LoadTesting.Metrics.Exposition.CompactFormat;

namespace LoadTesting.Metrics.Exposition;

/// <summary>Reads <see cref="CompactFormat"/>. Nothing that it reads is trusted.</summary>
internal static class CompactReader
{
    private const string Malformed = "this is no compact snapshot, or it was cut off";

    /// <summary>The snapshot and the number of the process that wrote it, or what is wrong.</summary>
    /// <param name="bytes">What was answered.</param>
    /// <param name="source">Number of the process that <paramref name="since"/> is from.</param>
    /// <param name="since">What the answer may be relative to; null = nothing.</param>
    /// <param name="pool">Series that are known already.</param>
    public static (ExpositionReadResult Result, ulong Source) Read(ReadOnlySpan<byte> bytes, ulong source, WorkerSnapshot? since, SeriesPool? pool)
    {
        using var change = new BucketChange();
        var input = new CompactInput(bytes, [], change);
        var magic = input.Bytes(Magic.Length);
        if (!magic.SequenceEqual(Magic) && !magic.SequenceEqual(EarlierMagic)) return (ExpositionReadResult.Fail(Malformed), 0);
        var writer = input.Fixed64();
        var @base = input.Number(WorkerSnapshot.MaxExact + 1);
        if (@base > 0 && (since is null || writer != source || since.Sequence != @base - 1))
        {
            return (ExpositionReadResult.Fail("the answer is relative to a snapshot that is not here"), 0);
        }

        var worker = (int)input.Number(int.MaxValue);
        var incarnation = (int)input.Number(int.MaxValue);
        var sequence = input.Number(WorkerSnapshot.MaxExact);
        var offset = input.Signed(WorkerSnapshot.MaxExact);
        var isFinal = input.Number(1) == 1;
        var then = @base > 0 ? since!.Snapshot : Snapshot.Empty;
        var changed = Changed(ref input, then);
        var added = Added(ref input, then, pool);
        if (input.Failed || input.Left > 0 || added is null) return (ExpositionReadResult.Fail(Malformed), 0);
        return (ExpositionReadResult.Of(new WorkerSnapshot(worker, sequence, offset, isFinal, then.With(changed, added), incarnation)), writer);
    }

    private static List<(int Position, SeriesValue Value)> Changed(ref CompactInput input, Snapshot then)
    {
        var changed = new List<(int, SeriesValue)>();
        var position = -1;
        while (!input.Failed && input.Number(then.Series.Count - 1 - position) is > 0 and var steps)
        {
            position += (int)steps;
            var (key, before) = then.Series[position];
            if (Value(ref input, key.Metric.Type, before) is { } value) changed.Add((position, value));
        }

        return changed;
    }

    private static List<Series>? Added(ref CompactInput input, Snapshot then, SeriesPool? pool)
    {
        var added = new List<Series>();
        var keys = new HashSet<SeriesKey>();
        Dictionary<string, MetricDefinition>? metrics = null;
        for (var left = input.Number(Math.Clamp(ExpositionReader.MaxSeries - then.Series.Count, 0, input.Left)); left > 0 && !input.Failed; left--)
        {
            var name = input.Text();
            var (type, unit) = ((MetricType)input.Byte(), (MetricUnit)input.Byte());
            var tags = new List<KeyValuePair<string, string>>();
            for (var n = input.Number(Math.Min(input.Left, ExpositionReader.MaxTags)); n > 0 && !input.Failed; n--) tags.Add(new(input.Text(), input.Text()));
            if (input.Failed || !MetricDefinition.IsValidName(name) || !Enum.IsDefined(type) || !Enum.IsDefined(unit)) return null;
            var metric = new MetricDefinition(name, type, unit);
            // A name is one metric: with two types or units it could not be written in the other formats.
            metrics ??= then.Series.Select(s => s.Key.Metric).DistinctBy(m => m.Name).ToDictionary(m => m.Name, StringComparer.Ordinal);
            if (metrics.TryGetValue(name, out var same) ? same != metric : !metrics.TryAdd(name, metric)) return null;
            var key = new SeriesKey(metric, TagSet.From(tags));
            key = pool?.Shared(key) ?? key;
            if (Value(ref input, type, null) is not { } value || then.Find(key) is not null || !keys.Add(key)) return null;
            added.Add(new(key, value));
        }

        return added;
    }

    private static SeriesValue? Value(ref CompactInput input, MetricType type, SeriesValue? before)
    {
        SeriesValue? value;
        switch (type)
        {
            case MetricType.Counter:
                value = new CounterValue(input.Sum());
                break;
            case MetricType.Rate:
                var trues = input.Number(SampleSet.MaxCount);
                var total = input.Number(SampleSet.MaxCount);
                value = trues <= total ? new RateValue(trues, total) : null;
                break;
            case MetricType.Gauge:
                value = new GaugeValue(input.Sum(), input.Sum(), input.Sum());
                break;
            case MetricType.Distinct:
                value = Distinct(ref input);
                break;
            default:
                value = Histogram(ref input, (HistogramSnapshot?)before);
                break;
        }

        if (value is null) input.Fail();
        return input.Failed ? null : value;
    }

    private static DistinctValue? Distinct(ref CompactInput input)
    {
        if (input.Number(1) == 1)
        {
            var registers = input.Bytes(DistinctSketch.Registers).ToArray();
            return !input.Failed && Array.TrueForAll(registers, r => r <= DistinctSketch.MaxRank) && registers.AsSpan().ContainsAnyExcept((byte)0) ? DistinctValue.Of(registers) : null;
        }

        var hashes = new HashSet<long>();
        for (var left = input.Number(DistinctSketch.MaxExact); left > 0 && !input.Failed; left--)
        {
            if (!hashes.Add(input.Number((1L << DistinctSketch.HashBits) - 1))) return null;
        }

        return hashes.Count > 0 ? DistinctValue.Of(hashes) : null;
    }

    private static HistogramSnapshot? Histogram(ref CompactInput input, HistogramSnapshot? before)
    {
        var flags = input.Byte();
        var then = (flags & Relative) != 0 ? before : null;
        if (flags > (Relative | HasNegative | SameExtremes | HasOverflow) || ((flags & (Relative | SameExtremes)) != 0 && then is null)) return null;
        var schema = then?.Schema ?? (int)input.Signed(BucketLayout.FinestSchema);
        if (!BucketLayout.IsSchema(schema)) return null;
        var count = input.Number(SampleSet.MaxCount);
        var zeros = input.Number(SampleSet.MaxCount) + (then?.ZeroCount ?? 0);
        var overflow = ((flags & HasOverflow) != 0 ? input.Number(SampleSet.MaxCount) : 0) + (then?.OverflowCount ?? 0);
        var sum = input.Sum();
        var (min, max) = (flags & SameExtremes) != 0 ? then!.FiniteMax is { } most ? (then.Min!.Value, most) : (0, 0) : (input.Double(), input.Double());
        var positive = Buckets(ref input, schema, then?.Positive ?? BucketCounts.Empty);
        var negative = (flags & HasNegative) != 0 ? Buckets(ref input, schema, then?.Negative ?? BucketCounts.Empty) : then?.Negative ?? BucketCounts.Empty;
        if (input.Failed || min > max) return null;
        var histogram = new HistogramSnapshot(schema, zeros, positive, negative, overflow, sum, min, max);
        return histogram.Count == count ? histogram : null;
    }

    private static BucketCounts Buckets(ref CompactInput input, int schema, BucketCounts then)
    {
        if (!input.Failed && CompactBuckets.TryRead(ref input, schema, input.Change)) return then.Plus(input.Change);
        input.Fail();
        return then;
    }
}
