using System.Globalization;
using System.Text;

namespace LoadTesting.Operator.Telemetry;

/// <summary>What a family is in the exposition.</summary>
internal enum SeriesKind
{
    /// <summary>Goes up.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>A distribution in classic buckets.</summary>
    Histogram,
}

/// <summary>One metric name with all its series: keeps values, and writes itself in Prometheus' text format 0.0.4. Not safe for concurrent use.</summary>
/// <param name="name">Metric name, used as it is.</param>
/// <param name="kind">What it is.</param>
/// <param name="help">One line for people.</param>
/// <param name="bounds">A histogram's upper bounds.</param>
/// <param name="limit">Most label sets that are kept; a label that grows without bound must not take the process's memory.</param>
internal sealed class SeriesFamily(string name, SeriesKind kind, string help, double[] bounds, int limit)
{
    private readonly SortedDictionary<string, Series> _series = new(StringComparer.Ordinal);

    /// <summary>Adds to a counter or gauge.</summary>
    /// <returns>False when the label set is new and the family is full.</returns>
    public bool Add(ReadOnlySpan<KeyValuePair<string, object?>> tags, double value)
    {
        if (Find(tags) is not { } series)
        {
            return false;
        }

        series.Value += value;
        return true;
    }

    /// <summary>Sets a gauge or an observed counter.</summary>
    public bool Set(ReadOnlySpan<KeyValuePair<string, object?>> tags, double value)
    {
        if (Find(tags) is not { } series)
        {
            return false;
        }

        series.Value = value;
        return true;
    }

    /// <summary>Counts an observation.</summary>
    public bool Observe(ReadOnlySpan<KeyValuePair<string, object?>> tags, double value)
    {
        if (Find(tags) is not { } series)
        {
            return false;
        }

        var bucket = Array.BinarySearch(bounds, value);
        series.Buckets[bucket < 0 ? ~bucket : bucket]++;
        series.Value += value;
        return true;
    }

    /// <summary>Forgets all series, before they are observed anew.</summary>
    public void Clear() => _series.Clear();

    /// <summary>Writes the family; nothing when it has no series.</summary>
    public void Write(StringBuilder text)
    {
        if (_series.Count == 0)
        {
            return;
        }

        text.Append("# HELP ").Append(name).Append(' ').Append(Escape(help)).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(kind.ToString().ToLowerInvariant()).Append('\n');
        foreach (var (labels, series) in _series)
        {
            if (kind != SeriesKind.Histogram)
            {
                Line(text, "", labels, "", Number(series.Value));
                continue;
            }

            var cumulative = 0L;
            for (var i = 0; i <= bounds.Length; i++)
            {
                cumulative += series.Buckets[i];
                Line(text, "_bucket", labels, $"le=\"{(i < bounds.Length ? Number(bounds[i]) : "+Inf")}\"", Number(cumulative));
            }

            Line(text, "_sum", labels, "", Number(series.Value));
            Line(text, "_count", labels, "", Number(cumulative));
        }
    }

    private Series? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = Labels(tags);
        if (!_series.TryGetValue(labels, out var series))
        {
            if (_series.Count >= limit)
            {
                return null;
            }

            _series[labels] = series = new Series(kind == SeriesKind.Histogram ? new long[bounds.Length + 1] : []);
        }

        return series;
    }

    private void Line(StringBuilder text, string suffix, string labels, string last, string value)
    {
        text.Append(name).Append(suffix);
        if (labels.Length + last.Length > 0)
        {
            text.Append('{').Append(labels).Append(labels.Length > 0 && last.Length > 0 ? "," : "").Append(last).Append('}');
        }

        text.Append(' ').Append(value).Append('\n');
    }

    /// <summary>Sorted by name, so that one label set is one series however its tags were ordered.</summary>
    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length == 0)
        {
            return "";
        }

        var sorted = tags.ToArray();
        Array.Sort(sorted, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        return string.Join(',', sorted.Select(t =>
            $"{t.Key}=\"{Escape(Convert.ToString(t.Value, CultureInfo.InvariantCulture) ?? "").Replace("\"", "\\\"", StringComparison.Ordinal)}\""));
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');

    private sealed class Series(long[] buckets)
    {
        public double Value { get; set; }

        public long[] Buckets { get; } = buckets;
    }
}
