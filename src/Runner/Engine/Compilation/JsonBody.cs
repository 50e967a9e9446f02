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
    private readonly Part[] _parts;

    private JsonBody(Part[] parts, CelActivation probe)
    {
        _parts = parts;
        Constant = BodyTemplates.Constant(parts.All(p => p.Hole is null or { IsConstant: true }), this, probe);
    }

    public string ContentType => "application/json";

    public byte[]? Constant { get; }

    /// <summary>The body of a node; strings that are no templates are noted in the context.</summary>
    public static JsonBody Compile(SpecNode node, string path, CompilationContext context, CelActivation probe)
    {
        var pieces = new Pieces(context);
        pieces.Add(node, path);
        return new JsonBody(pieces.ToParts(), probe);
    }

    public CelError? Write(CelActivation activation, ArrayBufferWriter<byte> output)
    {
        foreach (var part in _parts)
        {
            output.Write(part.Literal);
            if (part.Hole?.WriteJson(activation, output) is { } error) return error;
        }

        return null;
    }

    private sealed record Part(byte[] Literal, CelTemplate? Hole);

    /// <summary>Gathers literal text until a hole comes.</summary>
    private sealed class Pieces(CompilationContext context)
    {
        private readonly List<Part> _parts = [];
        private readonly StringBuilder _literal = new();

        public Part[] ToParts()
        {
            Close(null);
            return [.. _parts];
        }

        public void Add(SpecNode node, string path)
        {
            switch (node)
            {
                case SpecMap map:
                    _literal.Append('{');
                    for (var i = 0; i < map.Entries.Count; i++)
                    {
                        _literal.Append(i > 0 ? "," : "").Append(Quote(map.Entries[i].Key)).Append(':');
                        Add(map.Entries[i].Value, $"{path}.{map.Entries[i].Key}");
                    }

                    _literal.Append('}');
                    break;
                case SpecList list:
                    _literal.Append('[');
                    for (var i = 0; i < list.Items.Count; i++)
                    {
                        _literal.Append(i > 0 ? "," : "");
                        Add(list.Items[i], $"{path}[{i}]");
                    }

                    _literal.Append(']');
                    break;
                case SpecScalar { Kind: ScalarKind.String } text when text.Text.Contains("${", StringComparison.Ordinal):
                    if (context.Template(text.Text, path) is { } hole) Close(hole);
                    break;
                case SpecScalar { Kind: ScalarKind.Integer or ScalarKind.Float } number when IsJsonNumber(number.Text):
                    _literal.Append(number.Text);
                    break;
                default:
                    _literal.Append(CelJson.ToText(SpecValues.Of(node)));
                    break;
            }
        }

        private void Close(CelTemplate? hole)
        {
            _parts.Add(new Part(Encoding.UTF8.GetBytes(_literal.ToString()), hole));
            _literal.Clear();
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
    }
}
