using System.Globalization;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec.Parsing;

/// <summary>
/// Reads one mapping field by field, remembers which fields it was asked for, and reports the others when it is closed. A wrong value is a problem and
/// reads as the default, so that reading goes on and finds everything. An explicit null is an absent field, as in Kubernetes.
/// </summary>
internal sealed class ObjectReader
{
    private readonly SpecMap _map;
    private readonly List<string> _known = [];
    private readonly List<string> _ignored = [];

    private ObjectReader(SpecMap map, string path, ICollection<Problem> problems) => (_map, Path, Problems) = (map, path, problems);

    public string Path { get; }

    public ICollection<Problem> Problems { get; }

    /// <summary>Null, with a problem, when <paramref name="node"/> is no mapping.</summary>
    public static ObjectReader? Open(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (node is SpecMap map)
        {
            return new ObjectReader(map, path, problems);
        }

        problems.Add(NodeProblems.WrongType(node, path, "a mapping"));
        return null;
    }

    public string PathOf(string name) => SpecPath.Field(Path, name);

    public bool IsEmpty => _map.Entries.Count == 0;

    public bool Has(string name) => Node(name) is not null;

    /// <summary>The value as it is; null when absent.</summary>
    public SpecNode? Node(string name)
    {
        if (!_known.Contains(name, StringComparer.Ordinal))
        {
            _known.Add(name);
        }

        return _map[name] is { } node and not SpecScalar { Kind: ScalarKind.Null } ? node : null;
    }

    /// <summary>Names fields that others fill in (an API server) and that mean nothing here.</summary>
    public void Ignore(params ReadOnlySpan<string> names) => _ignored.AddRange(names);

    /// <summary>Names every field that begins with <c>x-</c>, as in Compose files: a place for YAML anchors.</summary>
    public void IgnoreExtensions() => _ignored.AddRange(_map.Entries.Select(e => e.Key).Where(k => k.StartsWith("x-", StringComparison.Ordinal)));

    /// <summary>A field that belongs elsewhere: says where.</summary>
    public void Misplaced(string name, string message, string? suggestion)
    {
        if (_map[name] is not null and not SpecScalar { Kind: ScalarKind.Null } && !_known.Contains(name, StringComparer.Ordinal))
        {
            _ignored.Add(name);
            Problems.Add(new Problem(PathOf(name), ProblemRules.UnknownField, message) { Value = name, Suggestion = suggestion });
        }
    }

    /// <summary>A field that people look for here and that is not there on purpose: says what to do instead.</summary>
    public void Refuse(string name, string message)
    {
        if (_map[name] is not null)
        {
            _ignored.Add(name);
            Problems.Add(new Problem(PathOf(name), ProblemRules.Unsupported, message) { Value = name });
        }
    }

    public string? String(string name) => Node(name) is { } node ? NodeValues.String(node, PathOf(name), Problems) : null;

    public string? RequiredString(string name) => Require(name) is { } node ? NodeValues.String(node, PathOf(name), Problems) : null;

    public long? Integer(string name, string? hint = null) => Node(name) is { } node ? NodeValues.Integer(node, PathOf(name), Problems, hint) : null;

    /// <summary>An integer for an <see cref="int"/> field.</summary>
    public int? SmallInteger(string name)
    {
        if (Integer(name) is not { } value)
        {
            return null;
        }

        if (value is >= int.MinValue and <= int.MaxValue)
        {
            return (int)value;
        }

        Problems.Add(new Problem(PathOf(name), ProblemRules.Range, "the number is out of any sensible range") { Value = value.ToString(CultureInfo.InvariantCulture) });
        return null;
    }

    public double? Number(string name) => Node(name) is { } node ? NodeValues.Number(node, PathOf(name), Problems) : null;

    public bool? Boolean(string name) => Node(name) is { } node ? NodeValues.Boolean(node, PathOf(name), Problems) : null;

    public Duration? Duration(string name) => Node(name) is { } node ? NodeValues.Duration(node, PathOf(name), Problems) : null;

    /// <summary>One of an enum's names in small letters; null, with a problem, for anything else.</summary>
    public T? Choice<T>(string name)
        where T : struct, Enum
    {
        if (String(name) is not { } text)
        {
            return null;
        }

        var names = Array.ConvertAll(Enum.GetNames<T>(), n => n.ToLowerInvariant());
        var index = Array.IndexOf(names, text);
        if (index >= 0)
        {
            return Enum.GetValues<T>()[index];
        }

        Problems.Add(new Problem(PathOf(name), ProblemRules.Choice, $"{name} is one of {string.Join(", ", names)}") { Value = text, Suggestion = Nearest.To(text, names) });
        return null;
    }

    /// <summary>A string-to-string mapping; empty when absent.</summary>
    public OrderedMap<string> Strings(string name) => Map(name, NodeValues.String);

    public OrderedMap<T> Map<T>(string name, Func<SpecNode, string, ICollection<Problem>, T?> read)
        where T : class =>
        Node(name) is { } node ? NodeValues.Map(node, PathOf(name), Problems, read) : OrderedMap<T>.Empty;

    public IReadOnlyList<T> List<T>(string name, Func<SpecNode, string, ICollection<Problem>, T?> read)
        where T : class =>
        Node(name) is { } node ? NodeValues.List(node, PathOf(name), Problems, read) : [];

    /// <summary>The mapping below <paramref name="name"/>; null when absent or no mapping.</summary>
    public ObjectReader? Object(string name) => Node(name) is { } node ? Open(node, PathOf(name), Problems) : null;

    public SpecNode? Require(string name)
    {
        if (Node(name) is { } node)
        {
            return node;
        }

        Problems.Add(new Problem(PathOf(name), ProblemRules.Required, $"'{name}' is missing"));
        return null;
    }

    /// <summary>Reports each field that nobody asked for.</summary>
    /// <param name="later">Fields that the API knows and this version does not carry out.</param>
    public void Close(params ReadOnlySpan<string> later)
    {
        foreach (var entry in _map.Entries)
        {
            if (_known.Contains(entry.Key, StringComparer.Ordinal) || _ignored.Contains(entry.Key, StringComparer.Ordinal))
            {
                continue;
            }

            var path = PathOf(entry.Key);
            if (later.Contains(entry.Key))
            {
                Problems.Add(new Problem(path, ProblemRules.Unsupported, $"'{entry.Key}' is not supported by this version yet") { Value = entry.Key });
                continue;
            }

            Problems.Add(UnknownFields.Of(Path, path, entry.Key, _known));
        }
    }
}
