using static LoadTesting.Metrics.Exposition.CompactFormat;

namespace LoadTesting.Metrics.Exposition;

/// <summary>Writes <see cref="CompactFormat"/>.</summary>
internal sealed class CompactWriter
{
    private readonly CompactOutput _output = new();

    /// <summary>The snapshot.</summary>
    /// <param name="source">Number of this process.</param>
    /// <param name="worker">What to write.</param>
    /// <param name="since">An earlier one of the same process that the reader has; null = none. One with series that are no more is none.</param>
    public byte[] Write(ulong source, WorkerSnapshot worker, WorkerSnapshot? since)
    {
        if (since?.Snapshot.Series.Any(s => worker.Snapshot.Find(s.Key) is null) == true) since = null;
        _output.Bytes(Magic);
        _output.Fixed64(source);
        _output.Varint(since is null ? 0 : (ulong)since.Sequence + 1);
        _output.Varint((ulong)worker.Worker);
        _output.Varint((ulong)worker.Incarnation);
        _output.Varint((ulong)worker.Sequence);
        _output.Signed(worker.OffsetNanoseconds);
        _output.Byte(worker.IsFinal ? (byte)1 : (byte)0);
        Changed(worker.Snapshot, since?.Snapshot ?? Snapshot.Empty);
        Added(worker.Snapshot, since?.Snapshot ?? Snapshot.Empty);
        return _output.Written.ToArray();
    }

    private void Changed(Snapshot now, Snapshot then)
    {
        var last = -1;
        for (var i = 0; i < then.Series.Count; i++)
        {
            var (key, before) = then.Series[i];
            var value = now.Find(key)!;
            if (value.Equals(before)) continue;
            _output.Varint((ulong)(i - last));
            Value(value, before);
            last = i;
        }

        _output.Varint(0);
    }

    private void Added(Snapshot now, Snapshot then)
    {
        _output.Varint((ulong)(now.Series.Count - then.Series.Count));
        foreach (var (key, value) in now.Series)
        {
            if (then.Find(key) is not null) continue;
            _output.Text(key.Metric.Name);
            _output.Byte((byte)key.Metric.Type);
            _output.Byte((byte)key.Metric.Unit);
            _output.Varint((ulong)key.Tags.Count);
            for (var i = 0; i < key.Tags.Count; i++)
            {
                _output.Text(key.Tags[i].Key);
                _output.Text(key.Tags[i].Value);
            }

            Value(value, null);
        }
    }

    private void Value(SeriesValue value, SeriesValue? before)
    {
        switch (value)
        {
            case CounterValue counter:
                _output.Sum(counter.Exact);
                break;
            case RateValue rate:
                _output.Varint((ulong)rate.Trues);
                _output.Varint((ulong)rate.Total);
                break;
            case GaugeValue gauge:
                _output.Sum(gauge.ExactCurrent);
                _output.Sum(gauge.ExactMin);
                _output.Sum(gauge.ExactMax);
                break;
            case HistogramSnapshot histogram:
                Histogram(histogram, (HistogramSnapshot?)before);
                break;
            case DistinctValue distinct:
                Distinct(distinct);
                break;
        }
    }

    private void Distinct(DistinctValue value)
    {
        _output.Byte(value.Registers is null ? (byte)0 : (byte)1);
        if (value.Registers is { } registers)
        {
            foreach (var register in registers) _output.Byte(register);
            return;
        }

        _output.Varint((ulong)value.Hashes.Count);
        foreach (var hash in value.Hashes) _output.Varint((ulong)hash);
    }

    private void Histogram(HistogramSnapshot now, HistogramSnapshot? then)
    {
        var (positive, negative, zeros, overflow) = (now.Positive, now.Negative, now.ZeroCount, now.OverflowCount);
        var relative = false;
        if (then is not null && then.Schema == now.Schema && now.ZeroCount >= then.ZeroCount && now.OverflowCount >= then.OverflowCount
            && now.Positive.TrySubtract(then.Positive) is { } above && now.Negative.TrySubtract(then.Negative) is { } below)
        {
            (positive, negative, relative) = (above, below, true);
            (zeros, overflow) = (now.ZeroCount - then.ZeroCount, now.OverflowCount - then.OverflowCount);
        }

        var (min, max) = Extremes(now);
        var same = relative && Extremes(then!) == (min, max);
        _output.Byte((byte)((relative ? Relative : 0) | (!negative.IsEmpty ? HasNegative : 0) | (same ? SameExtremes : 0) | (overflow > 0 ? HasOverflow : 0)));
        if (!relative) _output.Signed(now.Schema);
        _output.Varint((ulong)now.Count);
        _output.Varint((ulong)zeros);
        if (overflow > 0) _output.Varint((ulong)overflow);
        _output.Sum(now.ExactSum);
        if (!same)
        {
            _output.Double(min);
            _output.Double(max);
        }

        CompactBuckets.Write(_output, positive);
        if (!negative.IsEmpty) CompactBuckets.Write(_output, negative);
    }
    private static (double Min, double Max) Extremes(HistogramSnapshot histogram) => histogram.FiniteMax is { } max ? (histogram.Min!.Value, max) : (0, 0);
}
