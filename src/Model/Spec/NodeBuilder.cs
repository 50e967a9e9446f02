using System.Globalization;

namespace LoadTesting.Model.Spec;

/// <summary>Makes a mapping field by field and leaves out what is absent.</summary>
internal sealed class NodeBuilder
{
    private readonly List<SpecEntry> _entries = [];

    public static SpecScalar Scalar(string text) => new(text, ScalarKind.String, default);

    public static SpecScalar Scalar(long value) => new(value.ToString(CultureInfo.InvariantCulture), ScalarKind.Integer, default);

    public static SpecScalar Scalar(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return new(text, text.AsSpan().ContainsAny(".eE") ? ScalarKind.Float : ScalarKind.Integer, default);
    }

    public static SpecScalar Scalar(bool value) => new(value ? "true" : "false", ScalarKind.Boolean, default);

    public static SpecScalar Scalar(Duration value) => Scalar(value.ToString());

    public static SpecMap Map<T>(OrderedMap<T> map, Func<T, SpecNode> node) => new([.. map.Select(e => new SpecEntry(e.Key, default, node(e.Value)))], default);

    public static SpecList List<T>(IEnumerable<T> items, Func<T, SpecNode> node) => new([.. items.Select(node)], default);

    public NodeBuilder Add(string key, SpecNode? node)
    {
        if (node is not null)
        {
            _entries.Add(new SpecEntry(key, default, node));
        }

        return this;
    }

    public NodeBuilder Add(string key, string? text) => Add(key, text is null ? null : Scalar(text));

    public NodeBuilder Add(string key, OrderedMap<string> map) => Add(key, map.Count == 0 ? null : Map(map, Scalar));

    /// <summary>Adds a value unless it is the default.</summary>
    public NodeBuilder Add(string key, long value, long standard) => Add(key, value == standard ? null : Scalar(value));

    /// <summary>Adds a value unless it is the default.</summary>
    public NodeBuilder Add(string key, bool value, bool standard) => Add(key, value == standard ? null : Scalar(value));

    /// <summary>Adds a value unless it is the default.</summary>
    public NodeBuilder Add(string key, Duration value, Duration standard) => Add(key, value == standard ? null : Scalar(value));

    public NodeBuilder Add<T>(string key, IReadOnlyList<T> items, Func<T, SpecNode> node) => Add(key, items.Count == 0 ? null : List(items, node));

    public SpecMap Build() => new(_entries, default);

    /// <summary>The mapping; null when it has no entry.</summary>
    public SpecMap? BuildIfAny() => _entries.Count == 0 ? null : Build();
}
