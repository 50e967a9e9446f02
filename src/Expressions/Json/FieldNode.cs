using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace LoadTesting.Expressions.Json;

/// <summary>A field of an object and what is read inside it. Fields are numbered so that those inside an object follow it.</summary>
internal sealed class FieldNode
{
    private readonly FieldNode[] _fields;
    private readonly byte[] _utf8;

    private FieldNode(string name, int index, IReadOnlyList<ImmutableArray<string>> paths)
    {
        (Name, _utf8, Index, End) = (name, Encoding.UTF8.GetBytes(name), index, index + 1);

        // What is read itself is no object, so nothing is read inside it.
        IsRead = paths.Any(p => p.IsEmpty);
        _fields = IsRead ? [] : [.. paths.GroupBy(p => p[0], p => p.RemoveAt(0), StringComparer.Ordinal).Select(Inner)];

        FieldNode Inner(IGrouping<string, ImmutableArray<string>> inner)
        {
            var field = new FieldNode(inner.Key, End, [.. inner]);
            End = field.End;
            return field;
        }
    }

    public string Name { get; }

    /// <summary>Its own number.</summary>
    public int Index { get; }

    /// <summary>Number behind the last field inside it.</summary>
    public int End { get; private set; }

    /// <summary>Whether the field's value is read, and not only something inside it.</summary>
    public bool IsRead { get; }

    public ReadOnlySpan<FieldNode> Fields => _fields;

    /// <summary>The document, with what is read inside it.</summary>
    public static FieldNode Of(IReadOnlyList<ImmutableArray<string>> paths) => new("", 0, paths);

    /// <summary>The field whose name the reader stands on; null when nothing of it is read.</summary>
    public FieldNode? Find(ref Utf8JsonReader reader)
    {
        foreach (var field in _fields)
        {
            if (reader.ValueTextEquals(field._utf8))
            {
                return field;
            }
        }

        return null;
    }
}
