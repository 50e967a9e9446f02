using System.Globalization;
using System.Text;

namespace LoadTesting.Model.Spec;

/// <summary>
/// Field paths of problems: <c>spec.scenarios.load.stages[1].duration</c>; a key that is no plain word is quoted
/// (<c>spec.thresholds["http_req_duration{name:order}"][0]</c>). The empty path is the document.
/// </summary>
public static class SpecPath
{
    /// <summary>The path of a field or a map's entry.</summary>
    public static string Field(string path, string key)
    {
        if (!IsWord(key))
        {
            return $"{path}[\"{key.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"]";
        }

        return path.Length == 0 ? key : $"{path}.{key}";
    }

    /// <summary>The path of a list's item.</summary>
    /// <param name="path">The list's path.</param>
    /// <param name="index">0-based.</param>
    public static string Item(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");

    /// <summary>
    /// Where a path leads in a document. A path that leads nowhere (a missing field) gives the deepest place that exists on its way.
    /// Keys are also found when they stand in the path unquoted.
    /// </summary>
    public static SpecPlace Find(SpecNode root, string path)
    {
        var place = new SpecPlace(root, root.Position, Exact: true);
        var rest = path;
        while (rest.Length > 0)
        {
            if (Step(place.Node, rest) is not { } step)
            {
                return place with { Exact = false };
            }

            place = new SpecPlace(step.Node, step.Key, Exact: true);
            rest = rest[step.Length..];
        }

        return place;
    }

    private static (SpecNode Node, SourcePosition Key, int Length)? Step(SpecNode node, string rest)
    {
        if (node is SpecList list)
        {
            var close = rest.IndexOf(']', StringComparison.Ordinal);
            return rest[0] == '[' && close > 0
                && int.TryParse(rest.AsSpan(1, close - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Items.Count
                ? (list.Items[index], list.Items[index].Position, close + 1)
                : null;
        }

        if (rest.StartsWith("[0]", StringComparison.Ordinal))
        {
            // One thing written where a list of them may stand.
            return (node, node.Position, 3);
        }

        if (node is not SpecMap map)
        {
            return null;
        }

        if (rest.StartsWith("[\"", StringComparison.Ordinal) && Unquote(rest) is { } quoted)
        {
            return map.Entries.FirstOrDefault(e => e.Key == quoted.Key) is { } entry ? (entry.Value, entry.KeyPosition, quoted.Length) : null;
        }

        var start = rest[0] == '.' ? 1 : 0;
        var found = map.Entries
            .Where(e => string.CompareOrdinal(rest, start, e.Key, 0, e.Key.Length) == 0
                && (rest.Length == start + e.Key.Length || rest[start + e.Key.Length] is '.' or '['))
            .MaxBy(e => e.Key.Length);
        return found is { Key.Length: > 0 } ? (found.Value, found.KeyPosition, start + found.Key.Length) : null;
    }

    private static (string Key, int Length)? Unquote(string rest)
    {
        var key = new StringBuilder();
        for (var i = 2; i < rest.Length; i++)
        {
            if (rest[i] == '\\' && i + 1 < rest.Length)
            {
                key.Append(rest[++i]);
            }
            else if (rest[i] == '"')
            {
                return i + 1 < rest.Length && rest[i + 1] == ']' ? (key.ToString(), i + 2) : null;
            }
            else
            {
                key.Append(rest[i]);
            }
        }

        return null;
    }

    private static bool IsWord(string key) =>
        key.Length > 0 && (char.IsAsciiLetter(key[0]) || key[0] == '_') && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}

/// <summary>What a path led to.</summary>
/// <param name="Node">The node found.</param>
/// <param name="KeyPosition">Where its key stands; the node's own place for the root and for list items.</param>
/// <param name="Exact">False when the path went on, but the document did not.</param>
public sealed record SpecPlace(SpecNode Node, SourcePosition KeyPosition, bool Exact);
