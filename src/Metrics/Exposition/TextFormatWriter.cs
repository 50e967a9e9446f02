using System.Buffers;
using System.Globalization;
using System.Text;

namespace LoadTesting.Metrics.Exposition;

/// <summary>
/// Prometheus text 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/) and OpenMetrics 1.0
/// (https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md).
/// </summary>
internal sealed class TextFormatWriter(bool openMetrics)
{
    private readonly StringBuilder _text = new();

    public void Write(List<MetricFamily> families, IBufferWriter<byte> output)
    {
        foreach (var family in families) Write(family);
        if (openMetrics) _text.Append("# EOF\n");

        // One encoder for all chunks: a surrogate pair may lie across two.
        var encoder = Encoding.UTF8.GetEncoder();
        foreach (var chunk in _text.GetChunks()) encoder.Convert(chunk.Span, output, flush: false, out _, out _);
    }

    private void Write(MetricFamily family)
    {
        var name = family.Name;
        if (openMetrics && family.Kind == FamilyKind.Counter) name = name[..^FamilyNames.Total.Length];
        _text.Append("# HELP ").Append(name).Append(' ');
        AppendEscaped(family.Help, quotes: openMetrics);
        _text.Append("\n# TYPE ").Append(name).Append(' ').Append(family.Kind.ToString().ToLowerInvariant()).Append('\n');
        if (openMetrics && family.Unit.Length > 0) _text.Append("# UNIT ").Append(name).Append(' ').Append(family.Unit).Append('\n');
        foreach (var sample in family.Samples)
        {
            if (sample.Histogram is { } histogram)
            {
                Write(name, sample.Tags, histogram);
            }
            else
            {
                _text.Append(family.Name);
                var part = sample.Part == 0 ? null : sample.Part.ToString(CultureInfo.InvariantCulture);
                AppendLabels(sample.Tags, LabelNames.Part, part);
                _text.Append(' ').Append(Number(sample.Value)).Append('\n');
            }
        }
    }

    private void Write(string name, TagSet tags, HistogramSnapshot histogram)
    {
        foreach (var (bound, cumulative) in ClassicBuckets.From(histogram)) Bucket(Bound(bound), cumulative);
        Bucket("+Inf", histogram.Count);
        if (!openMetrics || histogram.Negative.IsEmpty)
        {
            _text.Append(name).Append("_sum");
            AppendLabels(tags, "", null);
            _text.Append(' ').Append(Number(histogram.Sum)).Append('\n');
        }

        _text.Append(name).Append("_count");
        AppendLabels(tags, "", null);
        _text.Append(CultureInfo.InvariantCulture, $" {histogram.Count}\n");

        void Bucket(string bound, long cumulative)
        {
            _text.Append(name).Append("_bucket");
            AppendLabels(tags, LabelNames.UpperBound, bound);
            _text.Append(CultureInfo.InvariantCulture, $" {cumulative}\n");
        }
    }

    private void AppendLabels(TagSet tags, string lastName, string? lastValue)
    {
        if (tags.Count == 0 && lastValue is null) return;
        var separator = '{';
        for (var i = 0; i < tags.Count; i++)
        {
            _text.Append(separator).Append(LabelNames.Escape(tags[i].Key)).Append("=\"");
            AppendEscaped(tags[i].Value, quotes: true);
            _text.Append('"');
            separator = ',';
        }

        if (lastValue is not null) _text.Append(separator).Append(lastName).Append("=\"").Append(lastValue).Append('"');
        _text.Append('}');
    }

    private void AppendEscaped(string value, bool quotes)
    {
        foreach (var c in value)
        {
            if (c == '\\') _text.Append("\\\\");
            else if (c == '\n') _text.Append("\\n");
            else if (c == '"' && quotes) _text.Append("\\\"");
            else _text.Append(c);
        }
    }

    // The shortest digits that read back as the same double. .NET's "R" misses that for some powers of two (2^-25 among them), which are bucket bounds:
    // 17 digits are always enough.
    private static string Number(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        if (double.Parse(text, CultureInfo.InvariantCulture) != value) text = value.ToString("G17", CultureInfo.InvariantCulture);
        return text.Replace('E', 'e');
    }

    // OpenMetrics wants bounds to look like floats: "1.0", not "1".
    private string Bound(double value)
    {
        var text = Number(value);
        return openMetrics && text.AsSpan().IndexOfAny('.', 'e') < 0 ? text + ".0" : text;
    }
}
