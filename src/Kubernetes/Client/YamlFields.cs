using YamlDotNet.RepresentationModel;

namespace LoadTesting.Kubernetes.Client;

/// <summary>Reads the fields of one YAML mapping and notes those of the wrong shape.</summary>
internal sealed class YamlFields
{
    private readonly YamlMappingNode? _node;
    private readonly Action<string, string> _problem;

    /// <param name="node">Null reads as an empty mapping.</param>
    /// <param name="path">Path of the mapping, for problems.</param>
    /// <param name="problem">Told path and message.</param>
    public YamlFields(YamlNode? node, string path, Action<string, string> problem)
    {
        _node = node as YamlMappingNode;
        Path = path;
        _problem = problem;
        if (node is not (null or YamlMappingNode) && !IsNull(node))
        {
            problem(path, "must be a mapping");
        }
    }

    public string Path { get; }

    public bool IsPresent => _node is not null;

    public bool Has(string name) => Find(name) is not null;

    public string? Text(string name)
    {
        switch (Find(name))
        {
            case null:
                return null;
            case YamlScalarNode scalar:
                return scalar.Value;
            default:
                Problem(name, "must be a string");
                return null;
        }
    }

    public bool Flag(string name)
    {
        var text = Text(name);
        if (text is null or "false" or "true")
        {
            return text == "true";
        }

        Problem(name, "must be true or false");
        return false;
    }

    public YamlFields Map(string name) => new(Find(name), At(name), _problem);

    public IReadOnlyList<YamlFields> Maps(string name, string key)
    {
        var items = Items(name);
        return [.. items.Select((item, i) =>
        {
            var label = item is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode(key), out var value) && value is YamlScalarNode { Value: { } text }
                ? text
                : $"{i}";
            return new YamlFields(item, $"{At(name)}[{label}]", _problem);
        })];
    }

    public IReadOnlyList<string> Texts(string name)
    {
        var items = Items(name);
        foreach (var (item, i) in items.Select((item, i) => (item, i)).Where(p => p.item is not YamlScalarNode))
        {
            Problem($"{name}[{i}]", "must be a string");
        }

        return [.. items.OfType<YamlScalarNode>().Select(s => s.Value ?? "")];
    }

    public void Problem(string name, string message) => _problem(At(name), message);

    private static bool IsNull(YamlNode node) =>
        node is YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: null or "" or "null" or "~" };

    private IReadOnlyList<YamlNode> Items(string name)
    {
        switch (Find(name))
        {
            case null:
                return [];
            case YamlSequenceNode sequence:
                return [.. sequence.Children];
            default:
                Problem(name, "must be a list");
                return [];
        }
    }

    private YamlNode? Find(string name)
    {
        YamlNode? node = null;
        _node?.Children.TryGetValue(new YamlScalarNode(name), out node);
        return node is null || IsNull(node) ? null : node;
    }

    private string At(string name) => Path.Length == 0 ? name : $"{Path}.{name}";
}
