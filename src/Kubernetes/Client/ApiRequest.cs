using System.Text;

namespace LoadTesting.Kubernetes.Client;

/// <summary>A request as often as it is sent.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Relative to the server, without a query.</param>
internal sealed record ApiRequest(HttpMethod Method, string Path)
{
    private readonly StringBuilder _query = new();

    /// <summary>JSON, or null.</summary>
    public byte[]? Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    /// <summary>Whether sending it twice has the effect of sending it once, whatever became of the first.</summary>
    public bool IsIdempotent { get; init; }

    public string PathAndQuery => _query.Length == 0 ? Path : $"{Path}?{_query}";

    /// <summary>Adds a query parameter; null adds nothing.</summary>
    public ApiRequest With(string name, string? value)
    {
        if (value is not null)
        {
            _query.Append(_query.Length == 0 ? "" : "&").Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return this;
    }

    public override string ToString() => $"{Method} {PathAndQuery}";
}
