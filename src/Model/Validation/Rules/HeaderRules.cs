using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>Header names and values that HTTP can carry (RFC 9110, 5.1 and 5.5).</summary>
internal static class HeaderRules
{
    private const string TokenSymbols = "!#$%&'*+-.^_`|~";

    // They frame the message: the sender computes them.
    private static readonly string[] Framing = ["Content-Length", "Transfer-Encoding", "Connection"];

    public static void Check(OrderedMap<string> headers, ProblemList problems)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in headers)
        {
            var item = problems.Field(name);
            if (!IsToken(name))
            {
                item.Add("header", "a header's name consists of letters, digits and !#$%&'*+-.^_`|~", name);
            }
            else if (Framing.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                item.Add("header", $"{name} is set by the sender, because it frames the message; leave it out", name);
            }

            if (!seen.Add(name))
            {
                item.Add(ProblemRules.DuplicateKey, $"the header '{name}' stands twice (names do not depend on case)", name);
            }

            CheckValue(value, item);
        }
    }

    public static void CheckValue(string value, ProblemList problems)
    {
        if (!Templates.HasExpression(value) && value.Any(c => c is < ' ' and not '\t' or '\x7f'))
        {
            problems.Add("header", "a header's value cannot contain line breaks and other control characters", value);
        }
    }

    /// <summary>Whether a text is a token: a header's name, a method.</summary>
    public static bool IsToken(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || TokenSymbols.Contains(c, StringComparison.Ordinal));
}
