using System.Security.Cryptography;
using System.Text;

namespace LoadTesting.Runner.Http;

/// <summary>User and password for digest authentication; never part of a text.</summary>
/// <param name="User">User name.</param>
/// <param name="Password">Password.</param>
public sealed record DigestCredentials(string User, string Password)
{
    /// <summary>Without the password.</summary>
    public override string ToString() => User;
}

/// <summary>
/// Answers to challenges of the digest scheme (RFC 7616): algorithms MD5 and SHA-256, each also as session variant, with <c>qop=auth</c> or, as old servers want it, without. What is offered first among
/// those that are understood is taken, as the RFC wants it.
/// </summary>
internal static class DigestAuthentication
{
    private const string Scheme = "Digest";

    /// <summary>The value of Authorization; null when the answer asks for nothing that can be given.</summary>
    /// <param name="request">What was sent, with credentials.</param>
    /// <param name="exchange">What came back.</param>
    public static string? Answer(PreparedRequest request, Exchange exchange) =>
        request.Digest is { } credentials && exchange is { Outcome: ExchangeOutcome.Response, Status: 401 }
            ? Answer(exchange.Headers.Values("WWW-Authenticate"), credentials, request.Method.Method, RequestUrl.Target(request.Url), RandomNumberGenerator.GetHexString(32, lowercase: true))
            : null;

    /// <summary>The value of Authorization for what <c>WWW-Authenticate</c> says; null when nothing in it is understood. Pure.</summary>
    internal static string? Answer(IEnumerable<string> challenges, DigestCredentials credentials, string method, string uri, string clientNonce)
    {
        foreach (var challenge in challenges.SelectMany(Challenges))
        {
            var algorithm = challenge.GetValueOrDefault("algorithm", "MD5");
            var isSession = algorithm.EndsWith("-sess", StringComparison.OrdinalIgnoreCase);
            var qualities = challenge.GetValueOrDefault("qop")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (Hash(isSession ? algorithm[..^5] : algorithm) is not { } hash
                || (qualities is not null && !qualities.Contains("auth", StringComparer.OrdinalIgnoreCase))
                || !challenge.TryGetValue("realm", out var realm) || !challenge.TryGetValue("nonce", out var nonce))
            {
                continue;
            }

            const string Count = "00000001";
            var secret = hash($"{credentials.User}:{realm}:{credentials.Password}");
            if (isSession) secret = hash($"{secret}:{nonce}:{clientNonce}");
            var what = hash($"{method}:{uri}");
            var response = hash(qualities is null ? $"{secret}:{nonce}:{what}" : $"{secret}:{nonce}:{Count}:{clientNonce}:auth:{what}");
            var isHashed = challenge.GetValueOrDefault("userhash")?.Equals("true", StringComparison.OrdinalIgnoreCase) == true;
            var text = new StringBuilder(Scheme).Append(' ').Append(User(isHashed ? hash($"{credentials.User}:{realm}") : credentials.User))
                .Append($", realm={Quoted(realm)}, uri={Quoted(uri)}");
            if (challenge.ContainsKey("algorithm")) text.Append($", algorithm={algorithm}");
            text.Append($", nonce={Quoted(nonce)}");
            if (qualities is not null) text.Append($", nc={Count}, cnonce={Quoted(clientNonce)}, qop=auth");
            else if (isSession) text.Append($", cnonce={Quoted(clientNonce)}");
            text.Append($", response=\"{response}\"");
            if (challenge.TryGetValue("opaque", out var opaque)) text.Append($", opaque={Quoted(opaque)}");
            if (isHashed) text.Append(", userhash=true");
            return text.ToString();
        }

        return null;
    }

    private static Func<string, string>? Hash(string algorithm) => algorithm.ToUpperInvariant() switch
    {
#pragma warning disable CA5351 // the scheme's own algorithm, not a choice of ours: a load test sends what the server asks for
        "MD5" => static text => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text))),
#pragma warning restore CA5351
        "SHA-256" => static text => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))),
        _ => null,
    };

    /// <summary>A name beyond ASCII is encoded (RFC 8187), because header fields have no other letters.</summary>
    private static string User(string user) => user.All(c => c is >= ' ' and <= '~') ? $"username={Quoted(user)}" : $"username*=UTF-8''{Uri.EscapeDataString(user)}";

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>The digest challenges of a field, which may have several of several schemes (RFC 9110, 11.6.1).</summary>
    private static IEnumerable<Dictionary<string, string>> Challenges(string field)
    {
        Dictionary<string, string>? open = null;
        foreach (var part in Parts(field))
        {
            var (name, value) = part;
            var blank = name.IndexOf(' ');
            if (blank > 0 || value is null)
            {
                // "Digest realm=…", or a scheme without parameters.
                if (open is not null) yield return open;
                var scheme = blank > 0 ? name[..blank] : name;
                open = scheme.Equals(Scheme, StringComparison.OrdinalIgnoreCase) ? new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) : null;
                name = blank > 0 ? name[(blank + 1)..].Trim() : "";
            }

            if (open is not null && value is not null && name.Length > 0) open.TryAdd(name, value);
        }

        if (open is not null) yield return open;
    }

    /// <summary>What stands between commas, as name and value; blanks and quotes removed.</summary>
    private static IEnumerable<(string Name, string? Value)> Parts(string field)
    {
        var at = 0;
        while (at < field.Length)
        {
            var name = new StringBuilder();
            while (at < field.Length && field[at] is not ('=' or ',')) name.Append(field[at++]);
            if (at >= field.Length || field[at] == ',')
            {
                at++;
                if (name.ToString().Trim() is { Length: > 0 } bare) yield return (bare, null);
                continue;
            }

            at++;
            while (at < field.Length && field[at] == ' ') at++;
            var value = new StringBuilder();
            var isQuoted = at < field.Length && field[at] == '"';
            if (isQuoted) at++;
            while (at < field.Length && (isQuoted ? field[at] != '"' : field[at] != ','))
            {
                if (isQuoted && field[at] == '\\' && at + 1 < field.Length) at++;
                value.Append(field[at++]);
            }

            while (at < field.Length && field[at] != ',') at++;
            at++;
            yield return (name.ToString().Trim(), isQuoted ? value.ToString() : value.ToString().Trim());
        }
    }
}
