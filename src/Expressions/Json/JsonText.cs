using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LoadTesting.Expressions.Values;

namespace LoadTesting.Expressions.Json;

/// <summary>Writes values as JSON.</summary>
internal static class JsonText
{
    /// <summary>Only what JSON demands is escaped: request bodies are not embedded in HTML.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>What JSON escapes: quotes, backslashes and control characters; surrogates are left to the writer, which checks their pairs.</summary>
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        [.. Enumerable.Range(' ', 0xD800 - ' ').Where(c => c is not ('"' or '\\' or (>= 0x7F and <= 0x9F))).Select(c => (char)c)]);

    /// <summary>Writes what needs no writer straight to UTF-8; false for everything else.</summary>
    public static bool TryWriteScalar(IBufferWriter<byte> output, in CelValue value)
    {
        switch (value.Kind)
        {
            case CelKind.Null: output.Write("null"u8); return true;
            case CelKind.Bool: output.Write(value.AsBool ? "true"u8 : "false"u8); return true;
            case CelKind.Int when Utf8Formatter.TryFormat(value.Bits, output.GetSpan(20), out var written): output.Advance(written); return true;
            case CelKind.String when !value.Text.AsSpan().ContainsAnyExcept(Plain):
                WriteQuoted(output, value.Text);
                return true;
            default: return false;
        }
    }

    /// <summary>Writes text that a function gives and that needs no escape.</summary>
    public static void WriteQuoted(IBufferWriter<byte> output, CelActivation activation, CelTextWriter writer)
    {
        var span = output.GetSpan(66);
        var written = writer(activation, span[1..65]);
        (span[0], span[written + 1]) = ((byte)'"', (byte)'"');
        output.Advance(written + 2);
    }

    private static void WriteQuoted(IBufferWriter<byte> output, string text)
    {
        // For what is short, room for the longest that it can become is cheaper than to go over it for its length.
        var most = text.Length <= 256 ? Encoding.UTF8.GetMaxByteCount(text.Length) : Encoding.UTF8.GetByteCount(text);
        var span = output.GetSpan(most + 2);
        var written = Encoding.UTF8.GetBytes(text, span[1..]);
        (span[0], span[written + 1]) = ((byte)'"', (byte)'"');
        output.Advance(written + 2);
    }

    public static void Write(Utf8JsonWriter writer, in CelValue value)
    {
        switch (value.Kind)
        {
            case CelKind.Null: writer.WriteNullValue(); break;
            case CelKind.Bool: writer.WriteBooleanValue(value.AsBool); break;
            case CelKind.Int: writer.WriteNumberValue(value.AsInt); break;
            case CelKind.UInt: writer.WriteNumberValue(value.AsUInt); break;
            case CelKind.Double when !double.IsFinite(value.AsDouble): writer.WriteNullValue(); break;
            case CelKind.Double: writer.WriteNumberValue(value.AsDouble); break;
            case CelKind.Bytes: writer.WriteBase64StringValue(value.AsBytes.Span); break;
            case CelKind.List: WriteList(writer, value.AsList); break;
            case CelKind.Map: WriteMap(writer, value.AsMap); break;
            case CelKind.Error: throw new InvalidOperationException($"an error is not JSON: {value.AsError.Message}");
            default: writer.WriteStringValue(ValueText.Plain(value)); break;
        }
    }

    private static void WriteList(Utf8JsonWriter writer, CelList list)
    {
        if (list is JsonList json)
        {
            json.Element.WriteTo(writer);
            return;
        }

        writer.WriteStartArray();
        for (var i = 0; i < list.Count; i++)
        {
            Write(writer, list[i]);
        }

        writer.WriteEndArray();
    }

    private static void WriteMap(Utf8JsonWriter writer, CelMap map)
    {
        if (map is JsonMap json)
        {
            json.Element.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        foreach (var key in map.Keys)
        {
            _ = map.TryGet(key, out var entry);
            writer.WritePropertyName(ValueText.Plain(key));
            Write(writer, entry);
        }

        writer.WriteEndObject();
    }
}
