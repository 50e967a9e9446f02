using System.Diagnostics.CodeAnalysis;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Judging;

/// <summary>
/// Names a metric, or the samples of it that carry certain tags: <c>metric</c> or <c>metric{tag:value,tag:value}</c>. A sample belongs to
/// it when it has every tag with exactly the value given (k6's sub-metrics). Two selectors are equal when metric and tags are.
/// </summary>
public sealed class MetricSelector : IEquatable<MetricSelector>
{
    private MetricSelector(string metric, IReadOnlyList<KeyValuePair<string, string>> tags)
    {
        Metric = metric;
        Tags = tags;
        Key = tags.Count == 0 ? metric : $"{metric}{{{string.Join(',', tags.Select(t => $"{t.Key}:{t.Value}"))}}}";
    }

    /// <summary>The metric's name.</summary>
    public string Metric { get; }

    /// <summary>The wanted tags in the order of the source; empty = all samples.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; }

    /// <summary>The selector as reports write it: <c>metric{tag:value,tag:value}</c>, without blanks and quotes.</summary>
    public string Key { get; }

    /// <summary>All samples of a metric.</summary>
    public static MetricSelector All(string metric) => new(metric, []);

    /// <summary>The samples of a metric with one tag.</summary>
    public static MetricSelector With(string metric, string tag, string value) => new(metric, [new(tag, value)]);

    /// <summary>The samples of a metric with all of these tags, each of them once.</summary>
    public static MetricSelector WithAll(string metric, IEnumerable<KeyValuePair<string, string>> tags) => new(metric, [.. tags]);

    /// <summary>The value that the selector wants for a tag.</summary>
    public bool TryGetTag(string tag, [NotNullWhen(true)] out string? value)
    {
        foreach (var (key, wanted) in Tags)
        {
            if (key == tag)
            {
                value = wanted;
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <summary>
    /// Reads a threshold's key as k6 does: the filter stands between the first <c>{</c> and a <c>}</c> at the very end, pairs are separated by commas,
    /// tag and value by the first colon, blanks and quotes around both are dropped; braces within values are text. An empty value must be quoted
    /// (<c>{group:""}</c>). Unlike k6, a repeated tag is a problem: no sample can have two values of one tag.
    /// </summary>
    /// <returns>Null when <paramref name="problems"/> got something.</returns>
    public static MetricSelector? Parse(string text, string path, ICollection<Problem> problems)
    {
        var open = text.IndexOf('{', StringComparison.Ordinal);
        var name = (open < 0 ? text : text[..open]).Trim();
        if (name.Length == 0 || name.Contains('}', StringComparison.Ordinal))
        {
            return Refuse(name.Length == 0 ? "the metric's name is missing" : "'}' without a '{' before it", name.Length == 0 ? 0 : text.IndexOf('}', StringComparison.Ordinal));
        }

        if (open < 0)
        {
            return All(name);
        }

        var trimmed = text.TrimEnd();
        if (trimmed[^1] != '}')
        {
            return trimmed.LastIndexOf('}') is var close and >= 0
                ? Refuse("nothing may follow the tag filter's '}'", close + 1)
                : Refuse("the tag filter's closing '}' is missing", trimmed.Length);
        }

        var filter = trimmed[(open + 1)..^1];
        foreach (var pair in filter.Split(','))
        {
            var colon = pair.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || pair[(colon + 1)..].Trim().Length == 0)
            {
                return Refuse(
                    filter.Trim().Length == 0
                        ? "the tag filter is empty: write metric{tag:value}, or the metric's name alone for all samples"
                        : $"'{pair.Trim()}' has no value: write tag:value (or tag:\"\" for an empty one)",
                    open + 1);
            }
        }

        var tags = ParseFilter(filter);
        if (tags.GroupBy(t => t.Key, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            return Refuse($"the tag '{twice.Key}' stands twice; all pairs must match, so no sample could", open + 1);
        }

        return new MetricSelector(name, tags);

        MetricSelector? Refuse(string what, int offset)
        {
            problems.Add(new Problem(path, "metric-selector", $"'{text}' does not name a metric: {what}") { Value = text, Offset = offset });
            return null;
        }
    }

    /// <summary>The pairs of a filter (the text between the braces); a pair without colon has the empty value. Empty when the filter is blank.</summary>
    internal static IReadOnlyList<KeyValuePair<string, string>> ParseFilter(string filter)
    {
        if (filter.Trim().Length == 0)
        {
            return [];
        }

        return [.. filter.Split(',').Select(pair =>
        {
            var colon = pair.IndexOf(':', StringComparison.Ordinal);
            return colon < 0
                ? KeyValuePair.Create(Unquote(pair), string.Empty)
                : KeyValuePair.Create(Unquote(pair[..colon]), Unquote(pair[(colon + 1)..]));
        })];

        static string Unquote(string part) => part.Trim().Trim('"', '\'');
    }

    /// <inheritdoc/>
    public bool Equals(MetricSelector? other) =>
        other is not null && Metric == other.Metric && Tags.Count == other.Tags.Count
        && Tags.All(t => other.TryGetTag(t.Key, out var value) && value == t.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MetricSelector);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = Metric.GetHashCode(StringComparison.Ordinal);
        foreach (var (key, value) in Tags)
        {
            hash ^= HashCode.Combine(key, value);
        }

        return hash;
    }

    /// <inheritdoc/>
    public override string ToString() => Key;
}
