using System.Buffers;
using System.Globalization;
using static LoadTesting.Metrics.Exposition.ProtobufFields;

namespace LoadTesting.Metrics.Exposition;

/// <summary>Delimited MetricFamily messages with native histograms.</summary>
internal sealed class ProtobufFormatWriter
{
    private readonly ProtobufWriter _wire = new();

    public void Write(List<MetricFamily> families, IBufferWriter<byte> output)
    {
        foreach (var family in families)
        {
            _wire.Clear();
            var start = _wire.BeginDelimited();
            Write(family);
            _wire.End(start);
            output.Write(_wire.Written);
        }
    }

    private void Write(MetricFamily family)
    {
        _wire.String(FamilyName, family.Name);
        _wire.String(FamilyHelp, family.Help);
        _wire.UInt64(FamilyType, family.Kind switch
        {
            FamilyKind.Counter => TypeCounter,
            FamilyKind.Gauge => TypeGauge,
            _ => TypeHistogram,
        });
        foreach (var sample in family.Samples)
        {
            var start = _wire.Begin(FamilyMetric);
            Write(family.Kind, sample);
            _wire.End(start);
        }

        if (family.Unit.Length > 0) _wire.String(FamilyUnit, family.Unit);
    }

    private void Write(FamilyKind kind, FamilySample sample)
    {
        for (var i = 0; i < sample.Tags.Count; i++) Label(LabelNames.Escape(sample.Tags[i].Key), sample.Tags[i].Value);
        if (sample.Part > 0) Label(LabelNames.Part, sample.Part.ToString(CultureInfo.InvariantCulture));

        if (sample.Histogram is { } histogram)
        {
            var start = _wire.Begin(MetricHistogram);
            Write(histogram);
            _wire.End(start);
        }
        else
        {
            var start = _wire.Begin(kind == FamilyKind.Counter ? MetricCounter : MetricGauge);
            _wire.Double(NumberValue, sample.Value);
            _wire.End(start);
        }
    }

    private void Label(string name, string value)
    {
        var start = _wire.Begin(MetricLabel);
        _wire.String(LabelName, name);
        _wire.String(LabelValue, value);
        _wire.End(start);
    }

    private void Write(HistogramSnapshot histogram)
    {
        _wire.UInt64(SampleCount, (ulong)histogram.Count);
        _wire.Double(SampleSum, histogram.Sum);
        _wire.SInt32(Schema, histogram.Schema);
        // A threshold above 0 is also what tells an empty native histogram from a classic one.
        _wire.Double(ProtobufFields.ZeroThreshold, BucketLayout.ZeroThreshold);
        _wire.UInt64(ZeroCount, (ulong)histogram.ZeroCount);
        Write(histogram.Negative.ToArray(), NegativeSpan, NegativeDelta);
        var positive = histogram.Positive.ToArray();
        if (histogram.OverflowCount > 0)
        {
            positive = [.. positive, (BucketLayout.Downscale(BucketLayout.OverflowIndex, BucketLayout.FinestSchema, histogram.Schema), histogram.OverflowCount)];
        }

        Write(positive, PositiveSpan, PositiveDelta);
    }

    // A span is a run of consecutive buckets: the gap before it (for the first one: its index), then its length. Counts are differences to the one before.
    private void Write((int Index, long Count)[] all, int spanField, int deltaField)
    {
        var indexes = Array.ConvertAll(all, b => b.Index);
        if (indexes.Length == 0) return;
        var next = 0;
        for (var first = 0; first < indexes.Length;)
        {
            var end = first + 1;
            while (end < indexes.Length && indexes[end] == indexes[end - 1] + 1) end++;
            var span = _wire.Begin(spanField);
            _wire.SInt32(SpanOffset, indexes[first] - next);
            _wire.UInt64(SpanLength, (ulong)(end - first));
            _wire.End(span);
            next = indexes[end - 1] + 1;
            first = end;
        }

        var deltas = _wire.Begin(deltaField);
        var before = 0L;
        foreach (var (_, count) in all)
        {
            _wire.PackedSInt64(count - before);
            before = count;
        }

        _wire.End(deltas);
    }
}
