using System.Diagnostics.CodeAnalysis;

namespace LoadTesting.Expressions;

/// <summary>What the checker knows about a value before it exists; at run time, what <c>type(x)</c> is.</summary>
public sealed class CelType : IEquatable<CelType>
{
    /// <summary>Known only at run time.</summary>
    public static readonly CelType Dyn = new("dyn", null);

    /// <summary>The type of null.</summary>
    public static readonly CelType Null = new("null_type", CelKind.Null);

    /// <summary>Booleans.</summary>
    public static readonly CelType Bool = new("bool", CelKind.Bool);

    /// <summary>Signed 64-bit integers.</summary>
    public static readonly CelType Int = new("int", CelKind.Int);

    /// <summary>Unsigned 64-bit integers.</summary>
    public static readonly CelType UInt = new("uint", CelKind.UInt);

    /// <summary>Doubles.</summary>
    public static readonly CelType Double = new("double", CelKind.Double);

    /// <summary>Strings.</summary>
    public static readonly CelType String = new("string", CelKind.String);

    /// <summary>Octets.</summary>
    public static readonly CelType Bytes = new("bytes", CelKind.Bytes);

    /// <summary>Instants.</summary>
    public static readonly CelType Timestamp = new("google.protobuf.Timestamp", CelKind.Timestamp);

    /// <summary>Spans of time.</summary>
    public static readonly CelType Duration = new("google.protobuf.Duration", CelKind.Duration);

    /// <summary>Types as values.</summary>
    public static readonly CelType Type = new("type", CelKind.Type);

    /// <summary>Lists of anything.</summary>
    public static readonly CelType AnyList = List(Dyn);

    /// <summary>Maps of anything.</summary>
    public static readonly CelType AnyMap = Map(Dyn, Dyn);

    private CelType(string name, CelKind? kind, CelType? key = null, CelType? element = null, IReadOnlyDictionary<string, CelType>? fields = null)
        => (Name, Kind, Key, Element, Fields) = (name, kind, key, element, fields);

    /// <summary>CEL's name of the type, without parameters: <c>list</c>, <c>google.protobuf.Timestamp</c>.</summary>
    public string Name { get; }

    /// <summary>The kind its values have; null for <see cref="Dyn"/> and type parameters.</summary>
    public CelKind? Kind { get; }

    /// <summary>A map's key type; null otherwise.</summary>
    public CelType? Key { get; }

    /// <summary>A list's element or a map's value type; null otherwise.</summary>
    public CelType? Element { get; }

    /// <summary>The only fields a record has; null for everything else.</summary>
    public IReadOnlyDictionary<string, CelType>? Fields { get; }

    internal bool IsParameter { get; private init; }

    /// <summary>Lists of one element type.</summary>
    public static CelType List(CelType element) => new("list", CelKind.List, element: element);

    /// <summary>Maps of one key and one value type.</summary>
    public static CelType Map(CelType key, CelType value) => new("map", CelKind.Map, key, value);

    /// <summary>
    /// A map with string keys of which all are known: reading any other is found by the checker (with the nearest name as
    /// suggestion), and each has its own type. At run time its values are maps.
    /// </summary>
    public static CelType Record(IReadOnlyDictionary<string, CelType> fields) => new("map", CelKind.Map, String, Dyn, fields);

    /// <summary>A type that a function's signature leaves open and each call fixes: equal names are equal types.</summary>
    public static CelType Parameter(string name) => new(name, null) { IsParameter = true };

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] CelType? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        return other is not null && Name == other.Name && IsParameter == other.IsParameter && Equals(Key, other.Key) && Equals(Element, other.Element)
            && (Fields is null) == (other.Fields is null)
            && (Fields is null || (Fields.Count == other.Fields!.Count && Fields.All(f => other.Fields.TryGetValue(f.Key, out var type) && type.Equals(f.Value))));
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CelType);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Key, Element);

    /// <summary>With parameters: <c>map(string, list(int))</c>.</summary>
    public override string ToString() => Kind switch
    {
        CelKind.List => $"list({Element})",
        CelKind.Map => $"map({Key}, {Element})",
        CelKind.Timestamp => "timestamp",
        CelKind.Duration => "duration",
        CelKind.Null => "null",
        _ => Name,
    };
}
