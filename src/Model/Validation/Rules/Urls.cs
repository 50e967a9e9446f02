namespace LoadTesting.Model.Validation.Rules;

/// <summary>What a URL must be to be requested.</summary>
internal static class Urls
{
    public const string Rule = "url";

    /// <summary>What is wrong with an absolute URL; null when nothing is.</summary>
    public static string? WrongAbsolute(string text)
    {
        if (text.Any(char.IsWhiteSpace))
        {
            return "a URL has no blanks; write %20";
        }

        if (!HasScheme(text))
        {
            return "the URL must be absolute and begin with http:// or https://";
        }

        if (!IsHttp(text))
        {
            return $"the scheme {text[..text.IndexOf(':', StringComparison.Ordinal)]} is not supported: use http or https";
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? null : "this is not a URL: host or port cannot be read";
    }

    /// <summary>What is wrong with a URL or a path that is joined to the target; null when nothing is.</summary>
    public static string? Wrong(string text, bool hasTarget)
    {
        if (text.Length == 0)
        {
            return "the URL is empty; the target itself is \"/\"";
        }

        var start = Templates.LiteralStart(text);
        if (Templates.HasExpression(text))
        {
            return start.Length > 0 && HasScheme(start) && !IsHttp(start) ? WrongAbsolute(start) : start.Length > 0 && !HasScheme(start) && !hasTarget ? NoTarget : null;
        }

        if (HasScheme(text))
        {
            return WrongAbsolute(text);
        }

        if (!hasTarget)
        {
            return NoTarget;
        }

        return text.Any(char.IsWhiteSpace) ? "a URL has no blanks; write %20" : null;
    }

    /// <summary>The same with http:// before it, where that makes it right.</summary>
    public static string? WithScheme(string text) => !HasScheme(text) && text.Length > 0 && WrongAbsolute($"http://{text}") is null && text[0] != '/' ? $"http://{text}" : null;

    private const string NoTarget = "the URL is relative, but spec.target, which it would be joined to, is missing";

    private static bool HasScheme(string text) => text.Contains("://", StringComparison.Ordinal) && text.IndexOf("://", StringComparison.Ordinal) is var at and > 0
        && text.AsSpan(0, at).IndexOfAnyExcept("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-") < 0;

    private static bool IsHttp(string text) =>
        text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
}
