using System.Text.Json;
using LoadTesting.Expressions.Json;

namespace LoadTesting.Expressions;

/// <summary>
/// A JSON document read in place: one pass finds its structure in pooled memory, and values are made only of what an
/// expression reads. Values taken from it, unless detached, must not be used after the dispose; neither must the octets change before.
/// </summary>
public sealed class CelJsonDocument : IDisposable
{
    private readonly JsonDocument _document;

    private CelJsonDocument(JsonDocument document)
    {
        _document = document;
        Root = JsonValues.Of(document.RootElement);
    }

    /// <summary>The whole document.</summary>
    public CelValue Root { get; }

    /// <summary>Reads a document; null and the reason when the octets are not JSON.</summary>
    public static CelJsonDocument? TryParse(ReadOnlyMemory<byte> utf8, out CelError? error)
    {
        var document = JsonReading.TryParse(utf8, out error);
        return document is null ? null : new(document);
    }

    /// <summary>Gives the pooled memory back.</summary>
    public void Dispose() => _document.Dispose();
}
