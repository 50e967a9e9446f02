using System.Net;

namespace LoadTesting.Runner.Http;

/// <summary>Cookies of one virtual user with the rules of browsers for domain, path, expiry and secure. Costs nothing until a server sets one.</summary>
internal sealed class CookieJar
{
    private CookieContainer? _container;

    public void Clear() => _container = null;

    /// <summary>Takes the Set-Cookie fields of an answer in; malformed ones and ones for foreign domains are ignored, as browsers do.</summary>
    public void Store(Uri url, IReadOnlyList<string> setCookies)
    {
        // Nearly always; an enumerator for nothing would cost each request.
        if (setCookies.Count == 0) return;
        foreach (var field in setCookies)
        {
            try
            {
                // Lanes of one session may store at the same time; the container itself is safe.
                (_container ?? Interlocked.CompareExchange(ref _container, new CookieContainer(), null) ?? _container).SetCookies(url, field);
            }
            catch (CookieException)
            {
                continue;
            }
        }
    }

    /// <summary>The cookies that would be sent to a URL.</summary>
    public IEnumerable<(string Name, string Value)> For(Uri url) => _container?.GetCookies(url).Select(c => (c.Name, c.Value)) ?? [];

    /// <summary>The value of the Cookie field for a URL; empty when there is none.</summary>
    public string HeaderFor(Uri url) => _container?.GetCookieHeader(url) ?? "";
}
