using System.Globalization;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec.Parsing;

/// <summary>Typed values of nodes; null, with a problem, for a node of another kind.</summary>
internal static class NodeValues
{
    public static string? String(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (node is SpecScalar { Kind: ScalarKind.String } scalar)
        {
            return scalar.Text;
        }

        // An API server refuses it too: strict at the desk means no surprise in the cluster.
        problems.Add(NodeProblems.WrongType(node, path, "a string") with
        {
            Suggestion = node is SpecScalar { Kind: not ScalarKind.Null } other ? $"\"{other.Text}\"" : null,
        });
        return null;
    }

    /// <param name="hint">What to do instead of a number with a fraction; null = round it.</param>
    public static long? Integer(SpecNode node, string path, ICollection<Problem> problems, string? hint = null)
    {
        if (node is SpecScalar { Kind: ScalarKind.Integer } scalar)
        {
            if (long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            {
                return value;
            }

            problems.Add(new Problem(path, ProblemRules.Range, "the number does not fit 64 bits") { Value = scalar.Text });
            return null;
        }

        var wrong = node is SpecScalar { Kind: ScalarKind.String } text && text.Text.Contains("${", StringComparison.Ordinal)
            ? NodeProblems.WrongType(node, path, "an integer") with { Message = "expected an integer: this field takes no expression" }
            : NodeProblems.WrongType(node, path, "an integer");
        problems.Add((hint is null ? wrong : wrong with { Message = $"{wrong.Message}; {hint}" }) with
        {
            Suggestion = node is SpecScalar other && decimal.TryParse(other.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number == decimal.Truncate(number)
                ? decimal.Truncate(number).ToString("0", CultureInfo.InvariantCulture)
                : null,
        });
        return null;
    }

    public static double? Number(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (node is SpecScalar { Kind: ScalarKind.Integer or ScalarKind.Float } scalar
            && double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
        {
            return value;
        }

        problems.Add(NodeProblems.WrongType(node, path, "a number"));
        return null;
    }

    public static bool? Boolean(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (node is SpecScalar { Kind: ScalarKind.Boolean } scalar)
        {
            return scalar.Text == "true";
        }

        var suggestion = (node as SpecScalar)?.Text.ToLowerInvariant() switch
        {
            "true" or "yes" or "on" or "1" => "true",
            "false" or "no" or "off" or "0" => "false",
            _ => null,
        };
        problems.Add(NodeProblems.WrongType(node, path, "true or false") with { Suggestion = suggestion });
        return null;
    }

    public static Duration? Duration(SpecNode node, string path, ICollection<Problem> problems)
    {
        const string Notation = "write e.g. 30s, 1m30s, 500ms or 2d";
        switch (node)
        {
            case SpecScalar { Kind: ScalarKind.String or ScalarKind.Integer or ScalarKind.Float } scalar:
                if (Spec.Duration.TryParse(scalar.Text, out var duration) && (duration == Spec.Duration.Zero || !Spec.Duration.IsBareNumber(scalar.Text)))
                {
                    return duration;
                }

                var message = Spec.Duration.IsBareNumber(scalar.Text) ? $"{scalar.Text} {Spec.Duration.WithoutUnit(scalar.Text)}"
                    : scalar.Text.Contains("${", StringComparison.Ordinal) ? $"'{scalar.Text}' is not a duration: this field takes no expression; {Notation}"
                    : $"'{scalar.Text}' is not a duration; {Notation}";
                problems.Add(new Problem(path, ProblemRules.Duration, message) { Value = scalar.Text, Suggestion = Meant(scalar.Text) });
                return null;
            default:
                problems.Add(NodeProblems.WrongType(node, path, "a duration") with { Rule = ProblemRules.Duration, Message = $"expected a duration, found {NodeProblems.Describe(node)}; {Notation}" });
                return null;
        }
    }

    public static OrderedMap<T> Map<T>(SpecNode node, string path, ICollection<Problem> problems, Func<SpecNode, string, ICollection<Problem>, T?> read)
        where T : class
    {
        if (node is not SpecMap map)
        {
            problems.Add(NodeProblems.WrongType(node, path, "a mapping"));
            return OrderedMap<T>.Empty;
        }

        var entries = new List<KeyValuePair<string, T>>(map.Entries.Count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in map.Entries)
        {
            // Readers report repeated keys; a node made by hand must not break the map either.
            if (read(entry.Value, SpecPath.Field(path, entry.Key), problems) is { } value && seen.Add(entry.Key))
            {
                entries.Add(new(entry.Key, value));
            }
        }

        return new OrderedMap<T>(entries);
    }

    public static IReadOnlyList<T> List<T>(SpecNode node, string path, ICollection<Problem> problems, Func<SpecNode, string, ICollection<Problem>, T?> read)
        where T : class
    {
        if (node is not SpecList list)
        {
            problems.Add(NodeProblems.WrongType(node, path, "a list"));
            return [];
        }

        var items = new List<T>(list.Items.Count);
        for (var i = 0; i < list.Items.Count; i++)
        {
            if (read(list.Items[i], SpecPath.Item(path, i), problems) is { } value)
            {
                items.Add(value);
            }
        }

        return items;
    }

    /// <summary>Units that people write out, or separate by a blank: <c>30 sec</c>, <c>5 minutes</c>.</summary>
    private static string? Meant(string text)
    {
        var compact = string.Concat(text.Where(c => !char.IsWhiteSpace(c))).ToLowerInvariant();
        var digits = compact.AsSpan().IndexOfAnyExcept("0123456789.");
        if (digits <= 0)
        {
            return null;
        }

        var unit = compact[digits..].TrimEnd('.') switch
        {
            "sec" or "secs" or "second" or "seconds" or "s" => "s",
            "min" or "mins" or "minute" or "minutes" or "m" => "m",
            "hr" or "hrs" or "hour" or "hours" or "h" => "h",
            "day" or "days" or "d" => "d",
            "msec" or "msecs" or "millis" or "millisecond" or "milliseconds" or "ms" => "ms",
            _ => null,
        };
        return unit is not null && Spec.Duration.TryParse(compact[..digits] + unit, out _) ? compact[..digits] + unit : null;
    }
}
