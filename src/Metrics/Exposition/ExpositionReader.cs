using System.Text;
using System.Text.Unicode;

namespace LoadTesting.Metrics.Exposition;

/// <summary>
/// Reads what <see cref="ExpositionWriter"/> wrote. Anything else is an error value: no input makes it throw, and what it allocates is proportional to the input,
/// which is bounded.
/// </summary>
public static class ExpositionReader
{
    /// <summary>Longest exposition that is read, 64 MiB: some hundred thousand series.</summary>
    public const int MaxBytes = 64 << 20;

    /// <summary>
    /// Most series of a snapshot, 50 000: ten times what a recorder keeps (<see cref="WorkerRecorder.DefaultMaxSeries"/>), for its shards, the run's own accounting and overflow series.
    /// </summary>
    public const int MaxSeries = 50_000;

    /// <summary>Most tags of a series.</summary>
    public const int MaxTags = 256;

    /// <summary>The worker's snapshot, or what is wrong.</summary>
    public static ExpositionReadResult Read(ReadOnlySpan<byte> bytes, ExpositionFormat format)
    {
        if (bytes.Length > MaxBytes) return ExpositionReadResult.Fail($"the exposition is longer than {MaxBytes} bytes");
        if (format == ExpositionFormat.Compact) return CompactReader.Read(bytes, 0, null, null).Result;
        if (format == ExpositionFormat.Protobuf) return new ProtobufFormatReader().Read(bytes);
        return Utf8.IsValid(bytes)
            ? new TextFormatReader(Encoding.UTF8.GetString(bytes), format == ExpositionFormat.OpenMetrics).Read()
            : ExpositionReadResult.Fail("the text is not UTF-8");
    }
}
