using System.Text.Encodings.Web;
using System.Text.Json;
using LoadTesting.Expressions.Values;

namespace LoadTesting.Expressions.Json;

/// <summary>Writes values as JSON.</summary>
internal static class JsonText
{
    /// <summary>Only what JSON demands is escaped: request bodies are not embedded in HTML.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

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
