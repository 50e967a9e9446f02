using System.Globalization;
using System.Text;
using System.Text.Unicode;
using static LoadTesting.Metrics.Exposition.ProtobufFields;

namespace LoadTesting.Metrics.Exposition;

/// <summary>
/// Reads delimited MetricFamily messages: counters, gauges and native histograms. Every method returns what is wrong, or null. Memory stays proportional to the
/// bytes: sizes that the bytes claim are only ever compared with what is there.
/// </summary>
internal sealed class ProtobufFormatReader
{
    private const string Malformed = "this is no protobuf message of a metric family, or it was cut off";

    private readonly SampleSet _samples = new();

    public ExpositionReadResult Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtobufReader(bytes);
        while (!reader.IsAtEnd)
        {
            var family = reader.Delimited();
            if (reader.Failed) return ExpositionReadResult.Fail(Malformed);
            if (ReadFamily(family) is { } error) return ExpositionReadResult.Fail(error);
        }

        return new SnapshotDecoder(_samples).Decode();
    }

    private string? ReadFamily(ReadOnlySpan<byte> bytes)
    {
        // Fields may come in any order: the name first, then what bears it.
        string? name = null;
        var names = new ProtobufReader(bytes);
        while (names.TryField(out var field))
        {
            if (field == FamilyName) name = Text(names.Bytes());
            else names.Skip();
        }

        if (names.Failed || name is null) return Malformed;
        var metrics = new ProtobufReader(bytes);
        while (metrics.TryField(out var field))
        {
            if (field != FamilyMetric) metrics.Skip();
            else if (ReadMetric(name, metrics.Bytes()) is { } error) return $"{name}: {error}";
        }

        return metrics.Failed ? Malformed : null;
    }

    private string? ReadMetric(string name, ReadOnlySpan<byte> bytes)
    {
        var tags = new List<KeyValuePair<string, string>>();
        var (part, value, error) = (0, (double?)null, (string?)null);
        HistogramSnapshot? histogram = null;
        var reader = new ProtobufReader(bytes);
        while (error is null && reader.TryField(out var field))
        {
            switch (field)
            {
                case MetricLabel:
                    error = ReadLabel(reader.Bytes(), tags, ref part);
                    break;
                case MetricGauge or MetricCounter:
                    value = Number(reader.Bytes());
                    if (value is not { } read || !double.IsFinite(read)) error = "the value is no finite number";
                    break;
                case MetricHistogram:
                    histogram = new NativeHistogramReader().Read(reader.Bytes(), out error);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (reader.Failed) return Malformed;
        if (error is not null) return error;
        if (histogram is null && value is null) return "a metric without a value, or of a type that is not ours";
        _samples.Add(name, new FamilySample(TagSet.From(tags), value ?? 0, part, histogram));
        return null;
    }

    private static string? ReadLabel(ReadOnlySpan<byte> bytes, List<KeyValuePair<string, string>> tags, ref int part)
    {
        var (name, value) = ((string?)"", (string?)"");
        var reader = new ProtobufReader(bytes);
        while (reader.TryField(out var field))
        {
            if (field == LabelName) name = Text(reader.Bytes());
            else if (field == LabelValue) value = Text(reader.Bytes());
            else reader.Skip();
        }

        if (reader.Failed || name is null || value is null) return Malformed;
        if (name == LabelNames.Part)
        {
            return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out part) ? null : $"{LabelNames.Part} is no number";
        }

        if (LabelNames.Unescape(name) is not { } key) return $"{name} is no label name";
        tags.Add(new(key, value));
        return null;
    }

    // An absent field is the default value, as proto3 writers leave zeros out.
    private static double? Number(ReadOnlySpan<byte> bytes)
    {
        var value = 0.0;
        var reader = new ProtobufReader(bytes);
        while (reader.TryField(out var field))
        {
            if (field == NumberValue) value = reader.Double();
            else reader.Skip();
        }

        return reader.Failed ? null : value;
    }

    private static string? Text(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
}
