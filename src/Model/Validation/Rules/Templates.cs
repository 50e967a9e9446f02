namespace LoadTesting.Model.Validation.Rules;

/// <summary>What can be said about a template's text without evaluating it.</summary>
internal static class Templates
{
    /// <summary>Whether the text has an expression, so that its value is known only at run time.</summary>
    public static bool HasExpression(string text)
    {
        for (var at = text.IndexOf("${", StringComparison.Ordinal); at >= 0; at = text.IndexOf("${", at + 2, StringComparison.Ordinal))
        {
            // $${ is the text ${.
            if (at == 0 || text[at - 1] != '$')
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The text before the first expression.</summary>
    public static string LiteralStart(string text)
    {
        var at = text.IndexOf("${", StringComparison.Ordinal);
        return at < 0 ? text : text[..at];
    }
}
