using System.Runtime.InteropServices;

using static LoadTesting.Metrics.Exposition.ProtobufFields;

namespace LoadTesting.Metrics.Exposition;

/// <summary>Reads one Histogram message into a histogram without extremes.</summary>
internal sealed class NativeHistogramReader
{
    private readonly List<(int Offset, uint Length)> _positiveSpans = [];
    private readonly List<(int Offset, uint Length)> _negativeSpans = [];
    private readonly List<long> _positiveDeltas = [];
    private readonly List<long> _negativeDeltas = [];
    private ulong _count;
    private ulong _zeros;
    private double _sum;
    private double _zeroThreshold;
    private long _schema;

    public HistogramSnapshot? Read(ReadOnlySpan<byte> bytes, out string? error)
    {
        error = "a histogram is malformed";
        if (!ReadFields(bytes)) return null;
        error = Check();
        if (error is not null) return null;

        error = "a histogram's buckets do not make sense";
        if (Buckets(_positiveSpans, _positiveDeltas, out var overflow) is not { } positive) return null;
        if (Buckets(_negativeSpans, _negativeDeltas, out var underflow) is not { } negative || underflow > 0) return null;
        var histogram = new HistogramSnapshot((int)_schema, (long)_zeros, positive, negative, overflow, ExactSum.Of(_sum), 0, 0);
        error = histogram.Count == (long)_count ? null : "a histogram's count is not that of its buckets";
        return error is null ? histogram : null;
    }

    private bool ReadFields(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtobufReader(bytes);
        while (reader.TryField(out var field))
        {
            switch (field)
            {
                case SampleCount:
                    _count = reader.UInt64();
                    break;
                case SampleSum:
                    _sum = reader.Double();
                    break;
                case Schema:
                    _schema = reader.SInt64();
                    break;
                case ZeroThreshold:
                    _zeroThreshold = reader.Double();
                    break;
                case ZeroCount:
                    _zeros = reader.UInt64();
                    break;
                case NegativeSpan or PositiveSpan:
                    if (!ReadSpan(reader.Bytes(), field == PositiveSpan ? _positiveSpans : _negativeSpans)) return false;
                    break;
                case NegativeDelta or PositiveDelta:
                    reader.AddSInt64s(field == PositiveDelta ? _positiveDeltas : _negativeDeltas);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return !reader.Failed;
    }

    private string? Check()
    {
        if (_schema is < BucketLayout.CoarsestSchema or > BucketLayout.FinestSchema) return "a histogram's schema is not from -4 to 8";
        if (_zeroThreshold != BucketLayout.ZeroThreshold) return "a histogram is no native one, or its zero bucket is not that of this system";
        if (!double.IsFinite(_sum)) return "a histogram's sum is no finite number";
        return _count > SampleSet.MaxCount || _zeros > _count ? "a histogram's count is out of range" : null;
    }

    private static bool ReadSpan(ReadOnlySpan<byte> bytes, List<(int Offset, uint Length)> spans)
    {
        var (offset, length) = (0L, 0UL);
        var reader = new ProtobufReader(bytes);
        while (reader.TryField(out var field))
        {
            if (field == SpanOffset) offset = reader.SInt64();
            else if (field == SpanLength) length = reader.UInt64();
            else reader.Skip();
        }

        if (reader.Failed || offset is < int.MinValue or > int.MaxValue || length > uint.MaxValue) return false;
        spans.Add(((int)offset, (uint)length));
        return true;
    }

    // Every bucket of a span has its delta, so the spans' claims are bounded by the deltas that are really there. The overflow bucket is the one above the
    // highest.
    private BucketCounts? Buckets(List<(int Offset, uint Length)> spans, List<long> deltas, out long overflow)
    {
        overflow = 0;
        var lowest = BucketLayout.Downscale(BucketLayout.LowestIndex, BucketLayout.FinestSchema, (int)_schema);
        var highest = BucketLayout.Downscale(BucketLayout.HighestIndex, BucketLayout.FinestSchema, (int)_schema);
        var (indexes, counts) = (new List<long>(deltas.Count), new List<long>(deltas.Count));
        var (used, count, total, next) = (0, (Int128)0, (Int128)0, 0L);
        for (var s = 0; s < spans.Count; s++)
        {
            var (offset, length) = spans[s];
            if ((s > 0 && offset < 0) || length > deltas.Count - used) return null;
            next += offset;
            for (var i = 0; i < length; i++, next++)
            {
                count += deltas[used++];
                total += count;
                if (count < 0 || total > SampleSet.MaxCount || next < lowest || next > highest + 1L) return null;
                if (count == 0) continue; // other writers fill small gaps with empty buckets
                if (next > highest)
                {
                    overflow = (long)count;
                    continue;
                }

                indexes.Add(next);
                counts.Add((long)count);
            }
        }

        return used == deltas.Count ? BucketCounts.Of(CollectionsMarshal.AsSpan(indexes), CollectionsMarshal.AsSpan(counts)) : null;
    }
}
