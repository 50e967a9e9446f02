using System.Text;
using System.Text.Encodings.Web;
using LoadTesting.Model.Spec;

namespace LoadTesting.Runner.Cli.Convert;

/// <summary>Nodes as YAML for people: mappings one entry a line, lists of scalars and small mappings on one line, comments above what they are about.</summary>
internal sealed class YamlText
{
    private const int Widest = 100;

    private readonly StringBuilder _text = new();
    private readonly IReadOnlyDictionary<string, string> _comments;

    private YamlText(IReadOnlyDictionary<string, string> comments)
    {
        _comments = comments;
    }

    /// <summary>The document.</summary>
    /// <param name="document">Its content.</param>
    /// <param name="comments">Comments by the path of the field that they stand above (<see cref="SpecPath"/>); lines are kept.</param>
    public static string Of(SpecMap document, IReadOnlyDictionary<string, string> comments)
    {
        var writer = new YamlText(comments);
        writer.Map(document, "", 0);
        return writer._text.ToString();
    }

    private void Map(SpecMap map, string path, int depth)
    {
        foreach (var entry in map.Entries)
        {
            var at = SpecPath.Field(path, entry.Key);
            Comment(at, depth);
            Indent(depth).Append(Scalar(new SpecScalar(entry.Key, ScalarKind.String, default))).Append(':');
            Value(entry.Value, at, depth);
        }
    }

    private void Value(SpecNode value, string path, int depth)
    {
        if (Flow(value) is { } line && !HasComments(path) && (value is SpecScalar || line.Length + (2 * depth) <= Widest))
        {
            _text.Append(' ').Append(line).Append('\n');
            return;
        }

        _text.Append('\n');
        if (value is SpecMap map)
        {
            Map(map, path, depth + 1);
            return;
        }

        var items = ((SpecList)value).Items;
        for (var i = 0; i < items.Count; i++)
        {
            var at = SpecPath.Item(path, i);
            Comment(at, depth + 1);
            Indent(depth + 1).Append('-');
            if (items[i] is SpecMap { Entries.Count: > 0 } item && (HasComments(at) || Flow(item)!.Length > Widest))
            {
                // The first entry stands beside the dash.
                var start = _text.Length;
                Map(item, at, depth + 2);
                var written = _text.ToString(start, _text.Length - start);
                _text.Length = start;
                _text.Append(' ').Append(written.TrimStart(' '));
            }
            else
            {
                _text.Append(' ').Append(Flow(items[i])).Append('\n');
            }
        }
    }

    private bool HasComments(string path) => _comments.Keys.Any(k => k.Length > path.Length && k.StartsWith(path, StringComparison.Ordinal) && k[path.Length] is '.' or '[');

    private void Comment(string path, int depth)
    {
        foreach (var line in _comments.TryGetValue(path, out var comment) ? comment.Split('\n') : [])
        {
            Indent(depth).Append("# ").Append(line).Append('\n');
        }
    }

    private StringBuilder Indent(int depth) => _text.Append(' ', 2 * depth);

    private static string Flow(SpecNode node) => node switch
    {
        SpecMap map => $"{{{string.Join(", ", map.Entries.Select(e => $"{Scalar(new SpecScalar(e.Key, ScalarKind.String, default))}: {Flow(e.Value)}"))}}}",
        SpecList list => $"[{string.Join(", ", list.Items.Select(Flow))}]",
        SpecScalar scalar => Scalar(scalar),
        _ => "null",
    };

    /// <summary>Plain where that cannot be mistaken for something else; else quoted as in JSON, which YAML reads too.</summary>
    private static string Scalar(SpecScalar scalar)
    {
        var text = scalar.Text;
        if (scalar.Kind != ScalarKind.String) return text;
        var isPlain = text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] == '/' || (char.IsAsciiDigit(text[0]) && Duration.TryParseWithUnit(text, out _) && !char.IsAsciiDigit(text[^1])))
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or ':') && !text.Contains(": ", StringComparison.Ordinal) && text[^1] != ':'
            && text.ToLowerInvariant() is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off" or "y" or "n");
        return isPlain ? text : $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";
    }

}
