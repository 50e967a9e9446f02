using System.Globalization;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Judging;

/// <summary>
/// Reads threshold expressions: k6's grammar, and ours behind it.
/// <code>
/// threshold   = aggregation operator value { clause }          blanks allowed around each part; clauses in any order, each at most once
/// aggregation = "count" | "rate" | "value" | "avg" | "min" | "max" | "med" | "p(" N ")" | "passes" | "fails" | "total"
/// operator    = "&lt;=" | "&lt;" | "&gt;=" | "&gt;" | "===" | "==" | "!="
/// value       = number | duration | number "%" | number ( "B" | "kB" | "MB" | "GB" | "KiB" | "MiB" | "GiB" ) | [ number "*" ] other [ "*" number ]
/// other       = "baseline" | metric with "{" tag ":" value … "}" | metric          (the same aggregation in the baseline run, or of other samples of this one)
/// clause      = "or" "absent" | "during" NAME | "after" NAME | [ "during" ] "steady" | "over" duration | "abort" [ "after" duration ]
/// number      = decimal, with fraction and exponent          (k6 also takes hexadecimal, inf and nan: a limit that compares with nothing is refused)
/// duration    = as everywhere, with a unit                  (within a threshold a bare number is a metric's value, not a time)
/// </code>
/// The operators are tried in the order given and split the text at their first occurrence (k6's way). Expressions that k6 accepts mean the same here,
/// but for a bare <c>p</c>: k6 reads it as p(0), the minimum, which nobody who writes it wants.
/// </summary>
public static class ThresholdParser
{
    private static readonly (string Symbol, ComparisonOperator Operator)[] Operators =
    [
        ("<=", ComparisonOperator.LessOrEqual), ("<", ComparisonOperator.Less), (">=", ComparisonOperator.GreaterOrEqual), (">", ComparisonOperator.Greater),
        ("===", ComparisonOperator.Equal), ("==", ComparisonOperator.Equal), ("!=", ComparisonOperator.NotEqual),
    ];

    private static readonly (string Unit, double Bytes)[] Sizes =
        [("KiB", 1024), ("MiB", 1 << 20), ("GiB", 1 << 30), ("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("B", 1)];

    private static readonly string[] ClauseWords = ["or", "during", "after", "steady", "over", "abort"];

    /// <summary>Reads one expression. Whether metric and aggregation suit each other is <see cref="ThresholdRules"/>' matter.</summary>
    /// <param name="text">As written.</param>
    /// <param name="path">Field path for problems.</param>
    /// <param name="problems">Gets what is wrong (rule <c>threshold</c>).</param>
    /// <returns>Null when <paramref name="problems"/> got something.</returns>
    public static ThresholdExpression? Parse(string text, string path, ICollection<Problem> problems)
    {
        if (Split(text) is not { } parts)
        {
            return Refuse("it needs a comparison: one of < <= > >= == !=, as in p(95)<500");
        }

        if (!Aggregation.TryParse(parts.Left, out var aggregation))
        {
            return Refuse(parts.Left == "p"
                ? "p needs its percentile, as in p(95)"
                : parts.Left.StartsWith("p(", StringComparison.Ordinal)
                    ? $"'{parts.Left}' is not a percentile: write p(N) with N from 0 to 100"
                    : $"'{parts.Left}' is not an aggregation: use count, rate, value, avg, min, max, med, p(N), passes, fails or total");
        }

        var words = Words(parts.Right);
        var valueWords = words.TakeWhile(w => !ClauseWords.Contains(w, StringComparer.Ordinal)).ToArray();
        var valueText = string.Concat(valueWords);
        if (ParseValue(valueText) is not { } value)
        {
            return Refuse(valueText.Length == 0
                ? "the value to compare with is missing"
                : $"'{string.Join(' ', valueWords)}' is not a value: write a number (500), a duration (2s, 500ms), a percentage (1%), a size (50MB), baseline*1.10 or another metric{{tag:value}}");
        }

        var expression = new ThresholdExpression { Text = text.Trim(), Aggregation = aggregation, Operator = parts.Operator, Value = value };
        return new ClauseReader(words[valueWords.Length..]).Read(expression, out var wrong) ?? Refuse(wrong);

        ThresholdExpression? Refuse(string what)
        {
            problems.Add(new Problem(path, "threshold", $"'{text.Trim()}' is not a threshold: {what}") { Value = text });
            return null;
        }
    }

    /// <summary>Splits at the operator; both sides trimmed. Null when there is no operator with something behind it.</summary>
    internal static (string Left, string Symbol, ComparisonOperator Operator, string Right)? Split(string text)
    {
        foreach (var (symbol, comparison) in Operators)
        {
            var at = text.IndexOf(symbol, StringComparison.Ordinal);
            if (at >= 0 && at + symbol.Length < text.Length)
            {
                return (text[..at].Trim(), symbol, comparison, text[(at + symbol.Length)..].Trim());
            }
        }

        return null;
    }

    private static ThresholdValue? ParseValue(string text)
    {
        if (TryNumber(text, out var number))
        {
            return new NumberValue(number, ValueUnit.None);
        }

        if (text.EndsWith('%') && TryNumber(text[..^1], out var percent))
        {
            return new NumberValue(percent / 100, ValueUnit.Percent);
        }

        if (Duration.TryParseWithUnit(text, out var duration))
        {
            return new NumberValue(duration.Milliseconds, ValueUnit.Time);
        }

        return ParseSize(text) ?? ParseOther(text);
    }

    private static NumberValue? ParseSize(string text)
    {
        foreach (var (unit, bytes) in Sizes)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal) && TryNumber(text[..^unit.Length], out var number))
            {
                return new NumberValue(number * bytes, ValueUnit.Data);
            }
        }

        return null;
    }

    /// <summary>A measured value: the baseline's, or that of another selector, with a factor before or behind it.</summary>
    private static ThresholdValue? ParseOther(string text)
    {
        var (other, factor) = (text, 1.0);
        var tail = text.LastIndexOf('}') + 1;
        if (text.IndexOf('*', tail) is var behind and >= 0 && TryNumber(text[(behind + 1)..], out var number))
        {
            (other, factor) = (text[..behind], number);
        }
        else if (text.IndexOf('*', StringComparison.Ordinal) is var before and > 0 && TryNumber(text[..before], out number))
        {
            (other, factor) = (text[(before + 1)..], number);
        }

        if (factor <= 0)
        {
            return null;
        }

        if (other == "baseline")
        {
            return new BaselineValue(factor);
        }

        // A word that is no metric is more likely a slip than a metric of the test's own; one of those is written with its tags.
        var open = other.IndexOf('{', StringComparison.Ordinal);
        var name = open >= 0 ? other[..open] : other;
        var isMetric = open >= 0 ? Metrics.MetricDefinition.IsValidName(name) : MetricCatalog.BuiltIn.Find(name) is not null;
        return isMetric && MetricSelector.Parse(other, string.Empty, []) is { } selector ? new SelectorValue(selector, factor) : null;
    }

    /// <summary>Words separated by blanks; what stands within braces is one word.</summary>
    private static string[] Words(string text)
    {
        var words = new List<string>();
        var (start, depth) = (-1, 0);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || (char.IsWhiteSpace(text[i]) && depth == 0))
            {
                if (start >= 0)
                {
                    words.Add(text[start..i]);
                }

                start = -1;
                continue;
            }

            depth += text[i] == '{' ? 1 : text[i] == '}' && depth > 0 ? -1 : 0;
            start = start < 0 ? i : start;
        }

        return [.. words];
    }

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number)
        && double.IsFinite(number);

    /// <summary>Reads the words behind the value.</summary>
    private sealed class ClauseReader
    {
        private readonly string[] _words;
        private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
        private int _next;

        public ClauseReader(string[] words) => _words = words;

        public ThresholdExpression? Read(ThresholdExpression expression, out string wrong)
        {
            wrong = string.Empty;
            while (Take() is { } word)
            {
                switch (word)
                {
                    case "or":
                        if (Take() != "absent")
                        {
                            wrong = "after 'or' only 'absent' may stand";
                            return null;
                        }

                        expression = expression with { OrAbsent = true };
                        break;
                    case "steady":
                        word = "window";
                        expression = expression with { Window = new ThresholdWindow(WindowKind.Steady, null) };
                        break;
                    case "during" or "after":
                        if (Take() is not { } name || ClauseWords.Contains(name, StringComparer.Ordinal) && name != "steady")
                        {
                            wrong = $"'{word}' needs the name of a scenario or mark behind it";
                            return null;
                        }

                        if (Duration.TryParseWithUnit(name, out _))
                        {
                            wrong = $"'{word} {name}' names no scenario or mark (to delay an abort, write abort after {name})";
                            return null;
                        }

                        expression = expression with
                        {
                            Window = name == "steady" && word == "during"
                                ? new ThresholdWindow(WindowKind.Steady, null)
                                : new ThresholdWindow(word == "during" ? WindowKind.During : WindowKind.After, name),
                        };
                        word = "window";
                        break;
                    case "over":
                        var span = Take() ?? string.Empty;
                        if (!Duration.TryParseWithUnit(span, out var length) || length <= Duration.Zero)
                        {
                            wrong = Misread("over", span) ?? "'over' needs a duration behind it, as in over 30s";
                            return null;
                        }

                        expression = expression with { Over = length };
                        break;
                    case "abort":
                        Duration? delay = null;
                        if (_next < _words.Length && _words[_next] == "after")
                        {
                            _next++;
                            var pause = Take() ?? string.Empty;
                            if (!Duration.TryParseWithUnit(pause, out var after) || after < Duration.Zero)
                            {
                                wrong = Misread("abort after", pause) ?? "'abort after' needs a duration behind it, as in abort after 10s";
                                return null;
                            }

                            delay = after;
                        }

                        expression = expression with { Abort = new AbortRule(delay) };
                        break;
                    default:
                        wrong = $"'{word}' is not understood here: after the value may follow 'or absent', 'during NAME', 'after NAME', 'over DURATION', 'abort [after DURATION]'";
                        return null;
                }

                if (!_seen.Add(word))
                {
                    wrong = word == "window" ? "it names two windows" : $"'{word}' stands twice";
                    return null;
                }
            }

            return expression;
        }

        private static string? Misread(string clause, string text) => Duration.IsBareNumber(text) ? $"'{clause} {text}' {Duration.WithoutUnit(text)}" : null;

        private string? Take() => _next < _words.Length ? _words[_next++] : null;
    }
}
