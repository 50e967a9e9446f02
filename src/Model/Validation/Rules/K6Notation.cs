using System.Text.RegularExpressions;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>What people who know k6 write in place of an expression, in the notation of expressions. Only asked for texts that do not compile.</summary>
internal static partial class K6Notation
{
    private const int Longest = 2000;

    // In this order: idioms before the names that they are made of.
    private static readonly (Regex Pattern, string Replacement)[] Rules =
    [
        (Arrow(), "$2"),
        (Fallback(), "default(env.$1, $2)"),
        (Environment(), "env.$1"),
        (User(), "vu.id"),
        (Iteration(), "vu.iteration"),
        (GlobalIteration(), "iteration"),
        (UserInTest(), "vu.id"),
        (ScenarioName(), "scenario.name"),
        (Chance(), "randomFloat()"),
        (JsonPath(), "json.$1"),
        (JsonIndex(), "[$1]"),
        (JsonCall(), "json"),
        (Answer(), "$1"),
        (HasElement(), "$2 in $1"),
        (Strict(), "$1"),
        (Length(), ".size()"),
        (Includes(), ".contains("),
        (Digits(), "int("),
    ];

    /// <summary>An expression; null when there is nothing of k6 in it.</summary>
    public static string? OfExpression(string source)
    {
        if (source.Length > Longest)
        {
            return null;
        }

        var text = Rules.Aggregate(source, (t, rule) => rule.Pattern.Replace(t, rule.Replacement));
        return text == source ? null : HeaderName().Replace(text, m => m.Value.ToLowerInvariant()).Trim();
    }

    /// <summary>A text with <c>${…}</c> in it: only what stands inside is changed.</summary>
    public static string? OfTemplate(string text)
    {
        if (text.Length > Longest)
        {
            return null;
        }

        var changed = Inside().Replace(text, m => "${" + (OfExpression(m.Groups[1].Value) ?? m.Groups[1].Value) + "}");
        return changed == text ? null : changed;
    }

    [GeneratedRegex(@"\$\{([^{}]*)\}")]
    private static partial Regex Inside();

    [GeneratedRegex(@"^\s*\(?\s*(r|res|resp|response)\s*\)?\s*=>\s*(.+)$", RegexOptions.Singleline)]
    private static partial Regex Arrow();

    [GeneratedRegex("""\b__ENV\.(\w+)\s*(?:\|\||\?\?)\s*('[^']*'|"[^"]*"|[0-9.]+)""")]
    private static partial Regex Fallback();

    [GeneratedRegex(@"\b__ENV\.(\w+)")]
    private static partial Regex Environment();

    [GeneratedRegex(@"\b__VU\b")]
    private static partial Regex User();

    [GeneratedRegex(@"\b__ITER\b")]
    private static partial Regex Iteration();

    [GeneratedRegex(@"\bexec\.scenario\.iterationInTest\b")]
    private static partial Regex GlobalIteration();

    [GeneratedRegex(@"\bexec\.vu\.idInTest\b")]
    private static partial Regex UserInTest();

    [GeneratedRegex(@"\bexec\.scenario\.name\b")]
    private static partial Regex ScenarioName();

    [GeneratedRegex(@"\bMath\.random\(\)")]
    private static partial Regex Chance();

    [GeneratedRegex("""\b(?:r|res|resp|response)\.json\(\s*['"]([A-Za-z_][\w.]*)['"]\s*\)""")]
    private static partial Regex JsonPath();

    [GeneratedRegex(@"(?<=\bjson[\w.\[\]]*)\.([0-9]+)\b")]
    private static partial Regex JsonIndex();

    [GeneratedRegex(@"\b(?:(?:r|res|resp|response)\.json\(\s*\)|JSON\.parse\(\s*(?:r|res|resp|response)\.body\s*\))")]
    private static partial Regex JsonCall();

    [GeneratedRegex(@"\b(?:r|res|resp|response)\.(status|body|headers|cookies|timings|error_code|error)\b")]
    private static partial Regex Answer();

    [GeneratedRegex("""\bhas\(\s*([A-Za-z_][\w.]*)\[\s*('[^']*'|"[^"]*")\s*\]\s*\)""")]
    private static partial Regex HasElement();

    [GeneratedRegex(@"([=!]=)=")]
    private static partial Regex Strict();

    [GeneratedRegex(@"\.length\b(?!\s*\()")]
    private static partial Regex Length();

    [GeneratedRegex(@"\.includes\(")]
    private static partial Regex Includes();

    [GeneratedRegex(@"\b(?:parseInt|Number)\(")]
    private static partial Regex Digits();

    [GeneratedRegex("""headers\[['"][\w-]+['"]\]|['"][\w-]+['"] in headers""")]
    private static partial Regex HeaderName();
}
