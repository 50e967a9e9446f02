using System.Buffers;
using System.Text;
using System.Text.Json;
using LoadTesting.Expressions.Json;

namespace LoadTesting.Expressions;

/// <summary>
/// JSON to values and back. A JSON number without fraction and exponent that fits 64 bits is an int, every other a double:
/// users write <c>json.count == 100</c>, and CEL's equality of numbers across kinds makes both readings true.
/// </summary>
public static class CelJson
{
    /// <summary>Deepest nesting of a JSON document. 128: twice what the deepest sane API sends, and safe to recurse over.</summary>
    public const int MaxDepth = 128;

    /// <summary>The document as a value that stays valid for ever; an error value when the text is not JSON.</summary>
    public static CelValue Parse(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonReading.TryParse(utf8, out var error);
        return document is null ? CelValue.Of(error!) : JsonValues.Of(document.RootElement.Clone());
    }

    /// <summary>A copy of the value that shares nothing with a <see cref="CelJsonDocument"/>.</summary>
    public static CelValue Detach(in CelValue value) => JsonValues.Detach(value);

    /// <summary>
    /// Writes the value as JSON: timestamps, durations and types as CEL's <c>string()</c>, bytes in base64, NaN and infinities
    /// as null (JSON has none). Errors are the caller's to handle before and throw.
    /// </summary>
    public static void Write(IBufferWriter<byte> output, in CelValue value)
    {
        if (JsonText.TryWriteScalar(output, value))
        {
            return;
        }

        using var writer = new Utf8JsonWriter(output, JsonText.Options);
        JsonText.Write(writer, value);
    }

    /// <summary>The value as JSON text.</summary>
    public static string ToText(in CelValue value)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(output, value);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
