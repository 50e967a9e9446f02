using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace LoadTesting.Runner.Cli.Manifests;

/// <summary>
/// Turns YAML into nodes with positions. Anchors, aliases and merge keys (<c>&lt;&lt;</c>, which kubectl's YAML knows too) are resolved; what they can blow up
/// to is limited.
/// </summary>
internal sealed class YamlNodes
{
    /// <summary>Deepest nesting read.</summary>
    public const int MaxDepth = SpecJson.MaxDepth;

    /// <summary>Most nodes of a file once aliases are written out: far above any load test, far below what hurts.</summary>
    public const int MostNodes = 200_000;

    private const string Str = "tag:yaml.org,2002:str";

    private readonly IParser _parser;
    private readonly ICollection<Problem> _problems;
    private readonly Dictionary<AnchorName, (SpecNode Node, int Weight, int Depth)> _anchors = [];
    private int _nodes;

    private YamlNodes(string text, ICollection<Problem> problems)
    {
        _parser = new Parser(new StringReader(text));
        _problems = problems;
    }

    /// <summary>The documents in order; those before a syntax error too. Empty documents are left out.</summary>
    public static IReadOnlyList<SpecNode> Read(string text, ICollection<Problem> problems)
    {
        var documents = new List<SpecNode>();
        try
        {
            var control = text.AsSpan().IndexOf('\0');
            if (control >= 0)
            {
                throw new UnreadableException(PositionOf(text, control), "this is not text: it contains the character NUL");
            }

            new YamlNodes(text, problems).ReadAll(documents);
        }
        catch (UnreadableException e)
        {
            problems.Add(new Problem("", ProblemRules.Syntax, e.Message) { Position = e.Position });
        }
        catch (YamlException e)
        {
            var tab = Tab(e, text);
            problems.Add(new Problem("", ProblemRules.Syntax, tab is null ? $"this is not YAML: {Reason(e)}" : "this is not YAML: a tab indents the line, where only blanks may")
            {
                Position = tab ?? Position(e.Start),
            });
        }

        return documents;
    }

    private void ReadAll(List<SpecNode> documents)
    {
        while (Next())
        {
            if (_parser.Current is not DocumentStart)
            {
                continue;
            }

            _anchors.Clear();
            Next();
            var root = Node("", 0).Node;
            if (root is not SpecScalar { Kind: ScalarKind.Null })
            {
                documents.Add(root);
            }
        }
    }

    /// <summary>
    /// The parser reports some malformed texts by exceptions of other kinds (found by random input): for us they are all the same, text that is no YAML.
    /// </summary>
    private bool Next()
    {
        try
        {
            return _parser.MoveNext();
        }
        catch (Exception e) when (e is not (YamlException or OutOfMemoryException))
        {
            throw new UnreadableException(Position(_parser.Current?.End ?? Mark.Empty), "this is not YAML: it cannot be understood from here on");
        }
    }

    /// <summary>Reads the node at the current event and stays on its last event. Weight = nodes in it, depth = levels in it, aliases written out.</summary>
    private (SpecNode Node, int Weight, int Depth) Node(string path, int depth)
    {
        var read = _parser.Current switch
        {
            Scalar scalar => Anchored(scalar.Anchor, (ReadScalar(scalar, path), 1, 1)),
            SequenceStart start => List(start, path, depth + 1),
            MappingStart start => Map(start, path, depth + 1),
            AnchorAlias alias => Alias(alias, depth),
            var other => throw new UnreadableException(Position(other?.Start ?? Mark.Empty), "this is not YAML: the document ends in the middle"),
        };
        _nodes += _parser.Current is AnchorAlias ? read.Item2 : 1;
        if (_nodes > MostNodes)
        {
            throw new UnreadableException(read.Item1.Position, $"the file has more than {MostNodes} values once its aliases are written out");
        }

        return read;
    }

    private SpecScalar ReadScalar(Scalar scalar, string path)
    {
        var position = Position(scalar.Start);
        // An explicit tag decides; without one only plain scalars are resolved.
        var tag = scalar.Tag is { IsEmpty: false, IsNonSpecific: false } given ? given.Value : scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty ? null : Str;
        if (tag == Str)
        {
            return new SpecScalar(scalar.Value, ScalarKind.String, position);
        }

        var resolved = CoreSchema.Resolve(scalar.Value);
        if (resolved is null)
        {
            _problems.Add(new Problem(path, ProblemRules.Type, $"{scalar.Value} is no number that a load test can use") { Value = scalar.Value, Position = position });
            return new SpecScalar("0", ScalarKind.Integer, position);
        }

        var wanted = tag switch
        {
            null => resolved.Value.Kind,
            "tag:yaml.org,2002:int" => ScalarKind.Integer,
            "tag:yaml.org,2002:float" => ScalarKind.Float,
            "tag:yaml.org,2002:bool" => ScalarKind.Boolean,
            "tag:yaml.org,2002:null" => ScalarKind.Null,
            _ => (ScalarKind?)null,
        };
        if (wanted is null)
        {
            _problems.Add(new Problem(path, ProblemRules.Syntax, $"the tag {tag} is not supported") { Value = scalar.Value, Position = position });
        }
        else if (resolved.Value.Kind != wanted && !(resolved.Value.Kind == ScalarKind.Integer && wanted == ScalarKind.Float))
        {
            _problems.Add(new Problem(path, ProblemRules.Type, $"the value does not suit its tag {tag}") { Value = scalar.Value, Position = position });
        }

        return new SpecScalar(resolved.Value.Text, wanted ?? resolved.Value.Kind, position);
    }

    private (SpecNode Node, int Weight, int Depth) Alias(AnchorAlias alias, int depth)
    {
        if (!_anchors.TryGetValue(alias.Value, out var target))
        {
            throw new UnreadableException(Position(alias.Start), $"the alias *{alias.Value} has no anchor &{alias.Value} before it");
        }

        if (depth + target.Depth > MaxDepth + 1)
        {
            throw TooDeep(alias);
        }

        return target;
    }

    private (SpecNode Node, int Weight, int Depth) List(SequenceStart start, string path, int depth)
    {
        CheckCollection(start, start.Tag, "tag:yaml.org,2002:seq", depth);
        var items = new List<SpecNode>();
        var (weight, levels) = (1, 0);
        while (Next() && _parser.Current is not SequenceEnd)
        {
            var item = Node(SpecPath.Item(path, items.Count), depth);
            items.Add(item.Node);
            (weight, levels) = (weight + item.Weight, Math.Max(levels, item.Depth));
        }

        return Anchored(start.Anchor, (new SpecList(items, Position(start.Start)), weight, levels + 1));
    }

    private (SpecNode Node, int Weight, int Depth) Map(MappingStart start, string path, int depth)
    {
        CheckCollection(start, start.Tag, "tag:yaml.org,2002:map", depth);
        var entries = new List<SpecEntry>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var merged = new List<SpecNode>();
        var (weight, levels) = (1, 0);
        while (Next() && _parser.Current is not MappingEnd)
        {
            if (_parser.Current is not Scalar key)
            {
                throw new UnreadableException(Position(_parser.Current?.Start ?? Mark.Empty), "a key must be a plain word or a string, not a list, a mapping or an alias; is a value in {…} or […] meant to be quoted?");
            }

            var keyPosition = Position(key.Start);
            var keyPath = SpecPath.Field(path, key.Value);
            Next();
            var value = Node(keyPath, depth);
            (weight, levels) = (weight + value.Weight, Math.Max(levels, value.Depth));
            if (key is { Value: "<<", IsQuotedImplicit: false })
            {
                merged.AddRange(value.Node is SpecList list ? list.Items : [value.Node]);
            }
            else if (seen.Add(key.Value))
            {
                entries.Add(new SpecEntry(key.Value, keyPosition, value.Node));
            }
            else
            {
                _problems.Add(new Problem(keyPath, ProblemRules.DuplicateKey, $"'{key.Value}' stands twice; the first counts, remove one") { Value = key.Value, Position = keyPosition });
            }
        }

        foreach (var node in merged)
        {
            if (node is not SpecMap map)
            {
                _problems.Add(new Problem(path, ProblemRules.Syntax, "'<<' merges mappings only") { Position = node.Position });
                continue;
            }

            // A key that is written out wins over one that is merged, and an earlier source over a later one.
            entries.AddRange(map.Entries.Where(e => seen.Add(e.Key)));
        }

        return Anchored(start.Anchor, (new SpecMap(entries, Position(start.Start)), weight, levels + 1));
    }

    private void CheckCollection(NodeEvent start, TagName tag, string own, int depth)
    {
        if (depth > MaxDepth)
        {
            throw TooDeep(start);
        }

        if (!tag.IsEmpty && !tag.IsNonSpecific && tag.Value != own)
        {
            _problems.Add(new Problem("", ProblemRules.Syntax, $"the tag {tag.Value} is not supported") { Position = Position(start.Start) });
        }
    }

    private (SpecNode Node, int Weight, int Depth) Anchored(AnchorName anchor, (SpecNode Node, int Weight, int Depth) node)
    {
        if (!anchor.IsEmpty)
        {
            _anchors[anchor] = node;
        }

        return node;
    }

    private static UnreadableException TooDeep(ParsingEvent at) => new(Position(at.Start), $"the nesting is deeper than {MaxDepth} levels");

    internal static SourcePosition Position(Mark mark) => new((int)mark.Line, (int)mark.Column);

    private static SourcePosition PositionOf(string text, int offset)
    {
        var before = text.AsSpan(0, offset);
        return new(before.Count('\n') + 1, offset - before.LastIndexOf('\n'));
    }

    /// <summary>Where a tab indents a line, when that is what the parser stumbled over: it reports where the mapping began.</summary>
    private static SourcePosition? Tab(YamlException e, string text)
    {
        var (from, to) = ((int)e.Start.Line, (int)Math.Max(e.Start.Line, e.End.Line) + 1);
        var aboutTabs = e.Message.Contains("tab", StringComparison.Ordinal);
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            var indent = line[..(line.Length - line.TrimStart().Length)];
            if (number >= from && (number <= to || aboutTabs) && indent.Contains('\t') && !line.TrimStart().IsEmpty)
            {
                return new(number, indent.IndexOf('\t') + 1);
            }
        }

        return null;
    }

    /// <summary>YamlDotNet's reason without its position.</summary>
    private static string Reason(YamlException e)
    {
        var colon = e.Message.IndexOf("): ", StringComparison.Ordinal);
        var reason = (colon < 0 ? e.Message : e.Message[(colon + 3)..]).Trim().TrimEnd('.');
        return reason.Length == 0 ? "it cannot be read" : char.ToLowerInvariant(reason[0]) + reason[1..];
    }

    /// <summary>Ends the reading of a file; never leaves this class.</summary>
    private sealed class UnreadableException(SourcePosition position, string message) : Exception(message)
    {
        public SourcePosition Position => position;
    }
}
