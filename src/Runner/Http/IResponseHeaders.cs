namespace LoadTesting.Runner.Http;

/// <summary>Header fields of a response; names are compared without case.</summary>
public interface IResponseHeaders
{
    /// <summary>The values of all fields of one name, in order; empty when there is none.</summary>
    IReadOnlyList<string> Values(string name);

    /// <summary>All fields in order; a repeated name comes once for each field.</summary>
    IEnumerable<KeyValuePair<string, string>> Fields { get; }
}
