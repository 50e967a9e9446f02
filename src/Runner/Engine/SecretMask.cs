using System.Text.Json;

namespace LoadTesting.Runner.Engine;

/// <summary>
/// Keeps secrets out of everything that is said about a run: an expression's error may quote what it could not read, a redirect may lead to a URL with a token in it.
/// </summary>
public sealed class SecretMask
{
    /// <summary>No secrets.</summary>
    public static readonly SecretMask None = new([]);

    /// <summary>What stands in a secret's place.</summary>
    public const string Shown = "****";

    // Shorter ones would blot out texts that have nothing to do with them, and are no secrets to speak of.
    private const int ShortestSecret = 3;

    private readonly string[] _texts;

    /// <summary>A mask of these values, and of their URL- and JSON-encoded forms.</summary>
    public SecretMask(IEnumerable<string> secrets)
    {
        _texts = [.. secrets
            .Where(s => s.Length >= ShortestSecret)
            .SelectMany(s => new[] { s, Uri.EscapeDataString(s), Uri.EscapeDataString(s).Replace("%20", "+", StringComparison.Ordinal), JsonEncodedText.Encode(s).ToString() })
            .Distinct(StringComparer.Ordinal)
            .OrderByDescending(s => s.Length)];
    }

    /// <summary>The text without secrets.</summary>
    public string Mask(string text) => _texts.Length == 0 ? text : _texts.Aggregate(text, (t, secret) => t.Replace(secret, Shown, StringComparison.Ordinal));
}
