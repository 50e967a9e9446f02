using System.Text;
using System.Text.Json;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec;

/// <summary>JSON text to and from <see cref="SpecNode"/>: how programs exchange manifests. Reading what was written gives the same nodes, but for positions.</summary>
public static partial class SpecJson
{
    /// <summary>Deepest nesting read.</summary>
    public const int MaxDepth = 64;

    /// <summary>Reads one JSON value.</summary>
    /// <param name="utf8">The text, with or without a byte order mark.</param>
    /// <param name="problems">Gets syntax errors (with line and column) and repeated keys.</param>
    /// <returns>Null when the text is no JSON.</returns>
    public static SpecNode? Read(ReadOnlySpan<byte> utf8, ICollection<Problem> problems)
    {
        if (utf8.StartsWith("\uFEFF"u8))
        {
            utf8 = utf8[3..];
        }

        if (utf8.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            problems.Add(new Problem("", ProblemRules.Syntax, "the document is empty") { Position = new(1, 1) });
            return null;
        }

        var json = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            json.Read();
            var node = new Reading(utf8, problems).Node(ref json, "");
            json.Read();
            return node;
        }
        catch (JsonException e)
        {
            var (line, column) = ((int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1);
            problems.Add(new Problem("", ProblemRules.Syntax, $"this is not JSON: {Reason(e)}") { Position = new(line, column) });
        }
        catch (InvalidOperationException)
        {
            // The reader's way to say that a string holds bytes or escapes that are no text.
            problems.Add(new Problem("", ProblemRules.Syntax, "this is not JSON: a string is not valid Unicode") { Position = new(1, 1) });
        }

        return null;
    }

    /// <summary>Reads one JSON value.</summary>
    public static SpecNode? Read(string text, ICollection<Problem> problems) => Read(Encoding.UTF8.GetBytes(text), problems);

    /// <summary>The first sentence: the exception goes on with path and position.</summary>
    private static string Reason(JsonException e)
    {
        var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var text = (end < 0 ? e.Message : e.Message[..end]).TrimEnd('.', ' ');
        return text.Length == 0 ? "it cannot be read" : char.ToLowerInvariant(text[0]) + text[1..];
    }

    private ref struct Reading(ReadOnlySpan<byte> text, ICollection<Problem> problems)
    {
        private readonly ReadOnlySpan<byte> _text = text;
        private readonly ICollection<Problem> _problems = problems;
        private int _line = 1;
        private int _lineStart;
        private int _seen;

        public SpecNode Node(ref Utf8JsonReader json, string path)
        {
            var position = Position(json.TokenStartIndex);
            switch (json.TokenType)
            {
                case JsonTokenType.StartObject:
                    return Map(ref json, path, position);
                case JsonTokenType.StartArray:
                    var items = new List<SpecNode>();
                    while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                    {
                        items.Add(Node(ref json, SpecPath.Item(path, items.Count)));
                    }

                    return new SpecList(items, position);
                case JsonTokenType.String:
                    return new SpecScalar(json.GetString()!, ScalarKind.String, position);
                case JsonTokenType.Number:
                    var number = Encoding.UTF8.GetString(json.ValueSpan);
                    return new SpecScalar(number, number.AsSpan().ContainsAny(".eE") ? ScalarKind.Float : ScalarKind.Integer, position);
                case JsonTokenType.True or JsonTokenType.False:
                    return new SpecScalar(json.TokenType == JsonTokenType.True ? "true" : "false", ScalarKind.Boolean, position);
                default:
                    return new SpecScalar("null", ScalarKind.Null, position);
            }
        }

        private SpecMap Map(ref Utf8JsonReader json, string path, SourcePosition position)
        {
            var entries = new List<SpecEntry>();
            var seen = new HashSet<string>(StringComparer.Ordinal);
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var key = json.GetString()!;
                var keyPosition = Position(json.TokenStartIndex);
                var keyPath = SpecPath.Field(path, key);
                json.Read();
                var value = Node(ref json, keyPath);
                if (seen.Add(key))
                {
                    entries.Add(new SpecEntry(key, keyPosition, value));
                }
                else
                {
                    _problems.Add(new Problem(keyPath, ProblemRules.DuplicateKey, $"'{key}' stands twice; the first counts, remove one") { Value = key, Position = keyPosition });
                }
            }

            return new SpecMap(entries, position);
        }

        /// <summary>Tokens come in order, so that each byte is looked at once.</summary>
        private SourcePosition Position(long offset)
        {
            for (; _seen < offset; _seen++)
            {
                if (_text[_seen] == '\n')
                {
                    _line++;
                    _lineStart = _seen + 1;
                }
            }

            return new SourcePosition(_line, Encoding.UTF8.GetCharCount(_text[_lineStart..(int)offset]) + 1);
        }
    }
}
