namespace LoadTesting.Model.Spec;

/// <summary>Where a node stands in its source text.</summary>
/// <param name="Line">1-based; 0 when the source has no lines (an object from an API server).</param>
/// <param name="Column">1-based; 0 when unknown.</param>
public readonly record struct SourcePosition(int Line, int Column);

/// <summary>What a scalar was in its source: YAML and JSON readers resolve this once, by the YAML 1.2 core schema.</summary>
public enum ScalarKind
{
    /// <summary>A string, quoted or not.</summary>
    String,

    /// <summary>A number without fraction or exponent.</summary>
    Integer,

    /// <summary>A number with fraction or exponent.</summary>
    Float,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary><c>null</c>, <c>~</c> or nothing.</summary>
    Null,
}

/// <summary>
/// A manifest as data, before it means anything: what the YAML and the JSON reader produce and what the strict
/// parser of the spec consumes. Also the carrier of free-form values (variables, JSON bodies). Immutable.
/// </summary>
/// <param name="Position">Where it stands in the source.</param>
public abstract record SpecNode(SourcePosition Position);

/// <summary>A scalar with its text as written (unescaped) and its resolved kind.</summary>
public sealed record SpecScalar(string Text, ScalarKind Kind, SourcePosition Position) : SpecNode(Position);

/// <summary>A sequence.</summary>
public sealed record SpecList(IReadOnlyList<SpecNode> Items, SourcePosition Position) : SpecNode(Position);

/// <summary>A mapping in source order. Readers report duplicate keys as problems and keep the first.</summary>
public sealed record SpecMap(IReadOnlyList<SpecEntry> Entries, SourcePosition Position) : SpecNode(Position)
{
    /// <summary>The value of <paramref name="key"/>, or null.</summary>
    public SpecNode? this[string key] => Entries.FirstOrDefault(e => e.Key == key)?.Value;
}

/// <summary>One entry of a <see cref="SpecMap"/>.</summary>
/// <param name="Key">The key's text.</param>
/// <param name="KeyPosition">Where the key stands (an unknown field is reported there).</param>
/// <param name="Value">The value.</param>
public sealed record SpecEntry(string Key, SourcePosition KeyPosition, SpecNode Value);
