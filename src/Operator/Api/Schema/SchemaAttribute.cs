using System.Text.Json.Nodes;

namespace LoadTesting.Operator.Api.Schema;

/// <summary>Rules of a status field that its C# type does not tell.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SchemaAttribute : Attribute
{
    /// <summary>List type of server-side apply, e.g. <c>map</c>.</summary>
    public string? ListType { get; init; }

    /// <summary>Key of a list of type map.</summary>
    public string? ListMapKey { get; init; }

    /// <summary>OpenAPI format, e.g. <c>date-time</c>.</summary>
    public string? Format { get; init; }

    /// <summary>Default value of an integer; <see cref="long.MinValue"/> = none.</summary>
    public long Default { get; init; } = long.MinValue;

    internal void Apply(JsonObject schema)
    {
        if (ListType is not null)
        {
            schema["x-kubernetes-list-type"] = ListType;
        }

        if (ListMapKey is not null)
        {
            schema["x-kubernetes-list-map-keys"] = new JsonArray(ListMapKey);
        }

        if (Format is not null)
        {
            schema["format"] = Format;
            schema.Remove("maxLength");
        }

        if (Default != long.MinValue)
        {
            schema["default"] = Default;
        }
    }
}
