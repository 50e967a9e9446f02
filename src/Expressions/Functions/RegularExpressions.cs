using System.Text.RegularExpressions;
using LoadTesting.Expressions.Evaluation;

namespace LoadTesting.Expressions.Functions;

/// <summary>
/// Regular expressions in RE2's syntax on .NET's linear-time matcher (<see cref="RegexOptions.NonBacktracking"/>): no pattern can take
/// exponential time. Differences that remain: characters outside the Basic Multilingual Plane count as two for <c>.</c> and classes.
/// </summary>
internal static class RegularExpressions
{
    public static CelValue Matches(CelActivation activation, ReadOnlySpan<CelValue> values) =>
        activation.FindRegex(values[1].Text) is { } regex ? IsMatch(activation, values[0].Text, regex) : Errors.Invalid(Invalid(values[1].Text));

    /// <summary>Text times pattern: the bound of a matcher without backtracking.</summary>
    public static long Work(string text, Regex pattern) => (1 + (text.Length / 16)) * (1L + (pattern.ToString().Length / 16));

    /// <summary>For a function of (text, pattern): compiles a constant pattern once.</summary>
    public static CelSpecialization? Specialize(IReadOnlyList<CelValue?> arguments, Func<CelActivation, string, Regex, CelValue> body)
    {
        if (arguments[1] is not { Kind: CelKind.String } pattern)
        {
            return null;
        }

        return Compile(pattern.Text) is { } regex ? new((a, v) => body(a, v[0].Text, regex), null) : new(null, Invalid(pattern.Text));
    }

    public static CelValue IsMatch(CelActivation activation, string text, Regex pattern) =>
        activation.TryCharge(Work(text, pattern)) ? CelValue.Of(pattern.IsMatch(text)) : CelActivation.LimitExceeded();

    public static string Invalid(string pattern) => $"'{(pattern.Length <= 64 ? pattern : pattern[..64] + "…")}' is not a regular expression in RE2's syntax";

    /// <summary>The compiled pattern; null when it is not one.</summary>
    public static Regex? Compile(string pattern)
    {
        try
        {
            return Re2Syntax.Translate(pattern) is { } translated ? new(translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant) : null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            // Malformed, or with backreferences or lookarounds, which RE2 does not have either.
            return null;
        }
    }
}
