using System.Globalization;
using System.Text;

namespace LoadTesting.Metrics.Exposition;

/// <summary>
/// Reads both text formats as far as <see cref="TextFormatWriter"/> uses them: comments, and samples with labels; no timestamps, no exemplars. Every
/// method returns what is wrong, or null.
/// </summary>
internal sealed class TextFormatReader(string text, bool openMetrics)
{
    private const string TypePrefix = "# TYPE ";

    private readonly SampleSet _samples = new();
    private readonly Dictionary<string, Dictionary<TagSet, RawHistogram>> _histograms = new(StringComparer.Ordinal);

    public ExpositionReadResult Read()
    {
        var error = ReadLines() ?? ConvertHistograms();
        return error is null ? new SnapshotDecoder(_samples).Decode() : ExpositionReadResult.Fail(error);
    }

    private string? ReadLines()
    {
        var ended = false;
        for (int start = 0, number = 1; start < text.Length; number++)
        {
            var end = text.IndexOf('\n', start);
            if (end < 0) return "the text does not end with a line end: it was cut off";
            if (ended) return "there is text after # EOF";
            var line = text.AsSpan(start, end - start);
            start = end + 1;
            if (line.IsEmpty) continue;
            if (line[0] != '#')
            {
                if (ReadSample(line) is { } error) return $"line {number}: {error}";
            }
            else if (line.StartsWith(TypePrefix) && line.EndsWith(" histogram"))
            {
                _histograms.TryAdd(line[TypePrefix.Length..^" histogram".Length].ToString(), []);
            }
            else
            {
                ended = openMetrics && line is "# EOF";
            }
        }

        return openMetrics && !ended ? "there is no # EOF: it was cut off" : null;
    }

    private string? ReadSample(ReadOnlySpan<char> line)
    {
        var nameLength = line.IndexOfAny('{', ' ');
        if (nameLength <= 0) return "this is no sample";
        var name = line[..nameLength].ToString();
        var labels = new Labels();
        var rest = line[nameLength..];
        if (rest[0] == '{')
        {
            if (labels.Read(ref rest) is { } error) return error;
        }

        if (rest.IsEmpty || rest[0] != ' ' || !TryNumber(rest[1..], out var value)) return "the value is no finite number";
        var tags = TagSet.From(labels.Tags);
        if (HistogramPart(name, tags, out var suffix) is { } histogram) return histogram.Add(suffix, labels.UpperBound, value);
        if (labels.UpperBound is not null) return "a bucket of no histogram";
        _samples.Add(name, new FamilySample(tags, value, labels.Part));
        return null;
    }

    private RawHistogram? HistogramPart(string name, TagSet tags, out string suffix)
    {
        var underscore = name.LastIndexOf('_');
        suffix = underscore < 0 ? "" : name[underscore..];
        if (suffix is not ("_bucket" or "_sum" or "_count") || !_histograms.TryGetValue(name[..underscore], out var series)) return null;
        if (!series.TryGetValue(tags, out var histogram)) series.Add(tags, histogram = new RawHistogram());
        return histogram;
    }

    private string? ConvertHistograms()
    {
        if (_histograms.Count == 0) return null;
        if (_samples.Integer(FamilyNames.ClassicSchema, BucketLayout.CoarsestSchema, BucketLayout.FinestSchema) is not { } schema)
        {
            return $"there are histograms, but no {FamilyNames.ClassicSchema}: it was cut off, or is not ours";
        }

        foreach (var (name, series) in _histograms)
        {
            foreach (var (tags, raw) in series)
            {
                if (ClassicBuckets.ToHistogram(raw.Buckets, (int)schema, raw.Sum, out var error) is not { } histogram) return $"{name}{tags}: {error}";
                if (histogram.Count != raw.Count) return $"{name}{tags}: the count is not that of the buckets";
                _samples.Add(name, new FamilySample(tags, 0, 0, histogram));
            }
        }

        return null;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out double value) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value)
        && double.IsFinite(value);

    /// <summary>A histogram's lines as they come.</summary>
    private sealed class RawHistogram
    {
        public List<(double UpperBound, long Cumulative)> Buckets { get; } = [];

        public double Sum { get; private set; }

        public long Count { get; private set; } = -1;

        public string? Add(string suffix, string? bound, double value)
        {
            if (suffix == "_sum")
            {
                Sum = value;
                return null;
            }

            if (!SampleSet.IsInteger(value, 0, SampleSet.MaxCount)) return "this is no count";
            if (suffix == "_count")
            {
                Count = (long)value;
                return null;
            }

            var upper = double.PositiveInfinity;
            if (bound is null || (bound != "+Inf" && !TryNumber(bound, out upper))) return "the bucket has no bound";
            Buckets.Add((upper, (long)value));
            return null;
        }
    }

    /// <summary>The labels of a sample; those with a meaning of their own apart.</summary>
    private sealed class Labels
    {
        public List<KeyValuePair<string, string>> Tags { get; } = [];

        public string? UpperBound { get; private set; }

        public int Part { get; private set; }

        // label_list := '{' name '="' value '"' { ',' name '="' value '"' } '}'
        public string? Read(ref ReadOnlySpan<char> rest)
        {
            do
            {
                rest = rest[1..];
                var length = rest.IndexOf("=\"");
                if (length <= 0) return "a label has no name or no value";
                var name = rest[..length].ToString();
                rest = rest[(length + 2)..];
                if (!TryValue(ref rest, out var value)) return "a label's value does not end";
                if (Add(name, value) is { } error) return error;
            }
            while (!rest.IsEmpty && rest[0] == ',');

            if (rest.IsEmpty || rest[0] != '}') return "the labels do not end";
            rest = rest[1..];
            return null;
        }

        private string? Add(string name, string value)
        {
            if (name == LabelNames.UpperBound)
            {
                UpperBound = value;
            }
            else if (name == LabelNames.Part)
            {
                if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var part)) return $"{LabelNames.Part} is no number";
                Part = part;
            }
            else
            {
                if (LabelNames.Unescape(name) is not { } key) return $"{name} is no label name";
                Tags.Add(new(key, value));
            }

            return null;
        }

        private static bool TryValue(ref ReadOnlySpan<char> rest, out string value)
        {
            var plain = rest.IndexOfAny('"', '\\');
            if (plain >= 0 && rest[plain] == '"')
            {
                value = rest[..plain].ToString();
                rest = rest[(plain + 1)..];
                return true;
            }

            var unescaped = new StringBuilder();
            for (var i = 0; i < rest.Length; i++)
            {
                if (rest[i] == '"')
                {
                    value = unescaped.ToString();
                    rest = rest[(i + 1)..];
                    return true;
                }

                if (rest[i] == '\\')
                {
                    if (++i == rest.Length) break;
                    unescaped.Append(rest[i] == 'n' ? '\n' : rest[i]);
                }
                else
                {
                    unescaped.Append(rest[i]);
                }
            }

            value = "";
            return false;
        }
    }
}
