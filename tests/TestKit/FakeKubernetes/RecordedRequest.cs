namespace LoadTesting.TestKit.FakeKubernetes;

/// <summary>A request as the server got it.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path without query.</param>
/// <param name="Query">Query with its question mark, or empty.</param>
/// <param name="Body">Body as text.</param>
/// <param name="Headers">Headers by name, joined.</param>
public sealed record RecordedRequest(string Method, string Path, string Query, string Body, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>Whether it begins a watch.</summary>
    public bool IsWatch => Query.Contains("watch=true", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => $"{Method} {Path}{Query}";
}
