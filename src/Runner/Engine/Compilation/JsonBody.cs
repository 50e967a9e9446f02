using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LoadTesting.Expressions;
using LoadTesting.Model.Spec;

namespace LoadTesting.Runner.Engine.Compilation;

/// <summary>A JSON body: UTF-8 made once, with holes for the strings that have expressions in them. A string that is one whole expression becomes a value of its own type.</summary>
internal sealed class JsonBody : IBodyTemplate
{
    private readonly List<Part> _parts = [];

    private JsonBody()
    {
    }

    public string ContentType => "application/json";

    public byte[]? Constant { get; private set; }

    /// <summary>The body of a node; strings that are no templates are noted in the context.</summary>
    public static JsonBody Compile(SpecNode node, string path, CompilationContext context, CelActivation probe)
    {
        var body = new JsonBody();
        var literal = new StringBuilder();
        body.Add(node, path, context, literal);
        body.Close(literal);
        body.Constant = BodyTemplates.Constant(body._parts.All(p => p.Hole is null or { IsConstant: true }), body, probe);
        return body;
    }

    public CelError? Write(CelActivation activation, ArrayBufferWriter<byte> output)
    {
        foreach (var part in _parts)
        {
            output.Write(part.Literal);
            if (part.Hole is null) continue;
            var value = part.Hole.Evaluate(activation);
            if (value.IsError) return value.AsError;
            CelJson.Write(output, value);
        }

        return null;
    }

    private void Add(SpecNode node, string path, CompilationContext context, StringBuilder literal)
    {
        switch (node)
        {
            case SpecMap map:
                literal.Append('{');
                for (var i = 0; i < map.Entries.Count; i++)
                {
                    literal.Append(i > 0 ? "," : "").Append(Quote(map.Entries[i].Key)).Append(':');
                    Add(map.Entries[i].Value, $"{path}.{map.Entries[i].Key}", context, literal);
                }

                literal.Append('}');
                break;
            case SpecList list:
                literal.Append('[');
                for (var i = 0; i < list.Items.Count; i++)
                {
                    literal.Append(i > 0 ? "," : "");
                    Add(list.Items[i], $"{path}[{i}]", context, literal);
                }

                literal.Append(']');
                break;
            case SpecScalar { Kind: ScalarKind.String } text when text.Text.Contains("${", StringComparison.Ordinal):
                if (context.Template(text.Text, path) is { } hole) Close(literal, hole);
                break;
            case SpecScalar { Kind: ScalarKind.Integer or ScalarKind.Float } number when IsJsonNumber(number.Text):
                literal.Append(number.Text);
                break;
            default:
                literal.Append(CelJson.ToText(SpecValues.Of(node)));
                break;
        }
    }

    private void Close(StringBuilder literal, CelTemplate? hole = null)
    {
        _parts.Add(new Part(Encoding.UTF8.GetBytes(literal.ToString()), hole));
        literal.Clear();
    }

    private static string Quote(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";

    // As the author wrote it wherever JSON can say it: 1.10 stays 1.10.
    private static bool IsJsonNumber(string text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.Number && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private sealed record Part(byte[] Literal, CelTemplate? Hole);
}
