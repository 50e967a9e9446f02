using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;

namespace LoadTesting.Runner.Engine;

/// <summary>
/// Keeps secrets out of everything that is said about a run: an expression's error may quote what it could not read, a redirect may lead to a URL with a token in it.
/// A secret is found as it is, URL-encoded (both spellings of a blank, hexadecimal digits of either case), JSON-encoded, in hexadecimal, and in base64 (either
/// alphabet), also as a part of what was encoded, as in <c>user:password</c> of basic authentication. Secrets that overlap in a text are masked together.
/// Digests and signatures of a secret are not found.
/// </summary>
public sealed class SecretMask
{
    /// <summary>No secrets.</summary>
    public static readonly SecretMask None = new([]);

    /// <summary>What stands in a secret's place.</summary>
    public const string Shown = "****";

    /// <summary>
    /// Shortest value that is masked, in characters: shorter ones would blot out texts that have nothing to do with them, and are no secrets to speak of.
    /// </summary>
    public const int ShortestSecret = 3;

    // The part of base64 that a secret alone decides: shorter ones are found in any base64.
    private const int ShortestCore = 8;

    // The lengths of the texts that begin with the same three characters, longest first: a look at most places of a text ends there.
    private readonly Dictionary<(char, char, char), int[]> _lengths;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _texts;

    /// <summary>A mask of these values and of their encodings.</summary>
    public SecretMask(IEnumerable<string> secrets)
    {
        var texts = secrets.Where(s => s.Length >= ShortestSecret).Distinct(StringComparer.Ordinal).SelectMany(Forms).ToHashSet(StringComparer.Ordinal);
        _texts = texts.GetAlternateLookup<ReadOnlySpan<char>>();
        _lengths = texts.GroupBy(t => (t[0], t[1], t[2])).ToDictionary(g => g.Key, g => g.Select(t => t.Length).Distinct().OrderDescending().ToArray());
    }

    /// <summary>Whether a secret stands in the text.</summary>
    public bool IsIn(string text)
    {
        for (var i = 0; i <= text.Length - ShortestSecret; i++)
        {
            if (Longest(text, i) > 0) return true;
        }

        return false;
    }

    /// <summary>The text without secrets.</summary>
    public string Mask(string text)
    {
        StringBuilder? masked = null;
        var (copied, end) = (0, 0);
        for (var i = 0; i <= text.Length - ShortestSecret; i++)
        {
            var length = Longest(text, i);
            if (length == 0 || i + length <= end) continue;

            // One that begins within another makes the masked part longer: half a secret must not be left over.
            if (i >= end) (masked ??= new StringBuilder(text.Length)).Append(text, copied, i - copied).Append(Shown);
            copied = end = i + length;
        }

        return masked is null ? text : masked.Append(text, copied, text.Length - copied).ToString();
    }

    private int Longest(string text, int start)
    {
        if (_lengths.Count == 0 || !_lengths.TryGetValue((text[start], text[start + 1], text[start + 2]), out var lengths)) return 0;
        foreach (var length in lengths)
        {
            if (length <= text.Length - start && _texts.Contains(text.AsSpan(start, length))) return length;
        }

        return 0;
    }

    private static IEnumerable<string> Forms(string secret)
    {
        var url = Uri.EscapeDataString(secret);
        foreach (var form in new[] { url, LowerHex(url) })
        {
            yield return form;
            yield return form.Replace("%20", "+", StringComparison.Ordinal);
        }

        yield return secret;
        yield return JavaScriptEncoder.Default.Encode(secret);
        yield return JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(secret);
        var octets = Encoding.UTF8.GetBytes(secret);
        if (octets.Length >= ShortestCore / 2)
        {
            yield return Convert.ToHexString(octets);
            yield return Convert.ToHexStringLower(octets);
        }

        foreach (var form in Base64(octets)) yield return form;
    }

    // What comes before it in the encoded text moves a secret by 0, 1 or 2 octets; what it shares digits with is cut off.
    private static IEnumerable<string> Base64(byte[] octets)
    {
        yield return Convert.ToBase64String(octets);
        yield return Base64Url.EncodeToString(octets);
        for (var before = 0; before < 3; before++)
        {
            var first = ((before * 8) + 5) / 6;
            var last = (before + octets.Length) * 8 / 6;
            if (last - first < ShortestCore) continue;
            yield return Convert.ToBase64String([.. new byte[before], .. octets])[first..last];
            yield return Base64Url.EncodeToString([.. new byte[before], .. octets])[first..last];
        }
    }

    private static string LowerHex(string url)
    {
        var text = url.ToCharArray();
        for (var i = 0; i + 2 < text.Length; i++)
        {
            if (text[i] != '%') continue;
            text[i + 1] = char.ToLowerInvariant(text[i + 1]);
            text[i + 2] = char.ToLowerInvariant(text[i + 2]);
        }

        return new string(text);
    }
}
