using System.Buffers;

namespace LoadTesting.Metrics.Exposition;

/// <summary>
/// Writes a worker's snapshot. <see cref="ExpositionFormat.Protobuf"/> and <see cref="ExpositionFormat.Compact"/> with default options and <see cref="ExpositionReader"/> are a lossless pair; the text formats
/// differ only in that histograms come back at <see cref="ExpositionOptions.ClassicSchema"/>, or a coarser schema if the snapshot has one.
/// </summary>
public static class ExpositionWriter
{
    /// <summary>Appends the snapshot to <paramref name="output"/>; its media type is <see cref="ContentNegotiation.ContentType"/>.</summary>
    public static void Write(WorkerSnapshot snapshot, ExpositionFormat format, IBufferWriter<byte> output, ExpositionOptions? options = null)
    {
        options ??= ExpositionOptions.Default;
        if (format == ExpositionFormat.Compact)
        {
            output.Write(new CompactWriter().Write(0, Downscale(snapshot, options.NativeSchema), null));
        }
        else if (format == ExpositionFormat.Protobuf)
        {
            var families = SnapshotFamilies.From(Downscale(snapshot, options.NativeSchema), classicSchema: null, sumsOfNegativesInResidual: false);
            new ProtobufFormatWriter().Write(families, output);
        }
        else
        {
            // One schema for all of the text: bounds alone do not tell a coarse bucket from a fine one.
            var schema = options.ClassicSchema;
            foreach (var series in snapshot.Snapshot.Series) schema = Math.Min(schema, (series.Value as HistogramSnapshot)?.Schema ?? schema);
            var openMetrics = format == ExpositionFormat.OpenMetrics;
            var families = SnapshotFamilies.From(Downscale(snapshot, schema), schema, sumsOfNegativesInResidual: openMetrics);
            new TextFormatWriter(openMetrics).Write(families, output);
        }
    }

    /// <summary>The snapshot as an array.</summary>
    public static byte[] Write(WorkerSnapshot snapshot, ExpositionFormat format, ExpositionOptions? options = null)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(snapshot, format, output, options);
        return output.WrittenSpan.ToArray();
    }

    private static WorkerSnapshot Downscale(WorkerSnapshot worker, int schema) =>
        new(worker.Worker, worker.Sequence, worker.OffsetNanoseconds, worker.IsFinal, worker.Snapshot.DownscaleTo(schema), worker.Incarnation);
}
