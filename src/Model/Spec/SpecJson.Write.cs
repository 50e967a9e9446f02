using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LoadTesting.Model.Spec;

public static partial class SpecJson
{
    // Manifests hold <, > and & in expressions and thresholds; nothing of this goes into a page.
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1000 };

    private static readonly JsonWriterOptions Indented = Compact with { Indented = true };

    /// <summary>The manifest as canonical JSON: what is a default is left out, maps keep their order, durations are strings.</summary>
    public static byte[] ToUtf8(LoadTestManifest manifest, bool indented = false) => ToUtf8(ManifestNodes.Of(manifest), indented);

    /// <summary>The node as JSON.</summary>
    public static byte[] ToUtf8(SpecNode node, bool indented = false)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, indented ? Indented : Compact))
        {
            Write(node, json);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes the node as JSON.</summary>
    public static void Write(SpecNode node, Utf8JsonWriter json)
    {
        switch (node)
        {
            case SpecMap map:
                json.WriteStartObject();
                foreach (var entry in map.Entries)
                {
                    json.WritePropertyName(entry.Key);
                    Write(entry.Value, json);
                }

                json.WriteEndObject();
                break;
            case SpecList list:
                json.WriteStartArray();
                foreach (var item in list.Items)
                {
                    Write(item, json);
                }

                json.WriteEndArray();
                break;
            case SpecScalar { Kind: ScalarKind.Null }:
                json.WriteNullValue();
                break;
            case SpecScalar { Kind: ScalarKind.Boolean } scalar:
                json.WriteBooleanValue(scalar.Text == "true");
                break;
            case SpecScalar { Kind: ScalarKind.Integer or ScalarKind.Float } scalar when IsNumber(scalar.Text):
                json.WriteRawValue(scalar.Text);
                break;
            case SpecScalar scalar:
                json.WriteStringValue(scalar.Text);
                break;
        }
    }

    /// <summary>Whether a text is a number in JSON's notation: readers make such, a node made by hand may not.</summary>
    internal static bool IsNumber(string text)
    {
        var digits = text.AsSpan(text.StartsWith('-') ? 1 : 0);
        return double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out _)
            && !text.StartsWith('+') && digits is [>= '0' and <= '9', ..] && !(digits is ['0', >= '0' and <= '9', ..]) && !text.Contains(".e", StringComparison.OrdinalIgnoreCase) && !text.EndsWith('.');
    }
}
