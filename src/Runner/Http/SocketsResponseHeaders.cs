using System.Net.Http.Headers;

namespace LoadTesting.Runner.Http;

/// <summary>The platform's two bags of header fields as one, unvalidated.</summary>
internal sealed class SocketsResponseHeaders(HttpResponseMessage response) : IResponseHeaders
{
    public IEnumerable<KeyValuePair<string, string>> Fields => Of(response.Headers.NonValidated).Concat(Of(response.Content.Headers.NonValidated));

    public IReadOnlyList<string> Values(string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) || response.Content.Headers.NonValidated.TryGetValues(name, out values) ? [.. values] : [];

    private static IEnumerable<KeyValuePair<string, string>> Of(HttpHeadersNonValidated headers) =>
        headers.SelectMany(h => h.Value.Select(v => KeyValuePair.Create(h.Key, v)));
}
