using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using LoadTesting.Model.Spec;

namespace LoadTesting.Operator.Api.Schema;

/// <summary>
/// Turns the C# types of the spec and the status into a structural OpenAPI v3 schema. Every string, list and map is bounded, so that the API
/// server's static cost check of CEL rules has numbers to work with. Runs only when manifests are generated, never in a serving operator.
/// </summary>
internal sealed class SchemaBuilder(XmlDocumentation documentation)
{
    private const int MaxText = 65_536;
    private const int MaxItems = 1_000;

    /// <summary>The schema of a record: its public properties by their manifest names.</summary>
    public JsonObject Object(Type type, string? description = null)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (var property in Properties(type))
        {
            var name = FieldName(property);
            properties[name] = Property(property);
            if (IsRequired(property))
            {
                required.Add(name);
            }
        }

        return ObjectOf(properties, required, description ?? documentation.Of(type));
    }

    /// <summary>The manifest name of a property: the C# name with a small first letter.</summary>
    public static string FieldName(PropertyInfo property) => char.ToLowerInvariant(property.Name[0]) + property.Name[1..];

    /// <summary>The properties that stand in a manifest.</summary>
    public static IEnumerable<PropertyInfo> Properties(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => p.GetIndexParameters().Length == 0 && p.Name != "EqualityContract" && p.SetMethod is not null)
        .Where(p => !p.IsDefined(typeof(JsonExtensionDataAttribute)));

    private static bool IsRequired(PropertyInfo property) =>
        property.GetCustomAttribute<System.Runtime.CompilerServices.RequiredMemberAttribute>() is not null;

    /// <summary>An object schema with its parts.</summary>
    public static JsonObject ObjectOf(JsonObject properties, JsonArray required, string description)
    {
        var schema = new JsonObject { ["type"] = "object" };
        if (description.Length > 0)
        {
            schema["description"] = description;
        }

        schema["properties"] = properties;
        if (required.Count > 0)
        {
            schema["required"] = required;
        }

        return schema;
    }

    /// <summary>The schema of a property with its docstring as description.</summary>
    public JsonObject Property(PropertyInfo property)
    {
        var schema = Of(property.PropertyType);
        var description = documentation.Of(property);
        if (LoadField(property) is { } kind)
        {
            if (kind != LoadFieldKind.Text)
            {
                // A number, or the text of an expression that gives one.
                schema = kind == LoadFieldKind.Number ? Free() : new JsonObject { ["x-kubernetes-int-or-string"] = true };
            }

            description = $"{description} May be an expression, ${{…}}.".TrimStart();
        }

        if (description.Length > 0)
        {
            schema["description"] = description;
        }

        SchemaBounds.Apply(property, schema);
        if (property.GetCustomAttribute<SchemaAttribute>() is { } attribute)
        {
            attribute.Apply(schema);
        }

        return schema;
    }

    /// <summary>What a field is that may be an expression; null for one that may not.</summary>
    private static LoadFieldKind? LoadField(PropertyInfo property)
    {
        var owner = property.ReflectedType!;
        var fields = owner.IsAssignableTo(typeof(ScenarioSpec)) ? LoadFields.Scenario
            : owner == typeof(Stage) ? LoadFields.Stage
            : owner == typeof(MixEntry) ? LoadFields.Mix
            : owner == typeof(RunnersSpec) ? LoadFields.Runners
            : owner == typeof(LoadTestSpec) ? LoadFields.Spec
            : null;
        return fields is not null && fields.TryGetValue(FieldName(property), out var kind) ? kind : null;
    }

    private JsonObject Of(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (UnionSchemas.TryBuild(type, this) is { } special)
        {
            return special;
        }

        if (type.IsEnum)
        {
            var names = System.Enum.GetNames(type).Select(EnumText(type)).Select(n => (JsonNode)n).ToArray();
            return new JsonObject { ["type"] = "string", ["enum"] = new JsonArray(names) };
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(OrderedMap<>))
        {
            return Map(Of(type.GetGenericArguments()[0]));
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            return List(Of(type.GetGenericArguments()[0]));
        }

        return Type.GetTypeCode(type) switch
        {
            TypeCode.String => Text(),
            TypeCode.Boolean => new JsonObject { ["type"] = "boolean" },
            TypeCode.Int32 => new JsonObject { ["type"] = "integer", ["format"] = "int32" },
            TypeCode.Int64 => new JsonObject { ["type"] = "integer", ["format"] = "int64" },
            TypeCode.Double => new JsonObject { ["type"] = "number" },
            TypeCode.Object => Object(type),
            _ => throw new InvalidOperationException($"no schema for {type}: teach {nameof(SchemaBuilder)}"),
        };
    }

    /// <summary>Enum values in manifests: words of the spec in small letters, words of the status as they are (CamelCase).</summary>
    private static Func<string, string> EnumText(Type type) =>
        type.Namespace!.StartsWith("LoadTesting.Model.Spec", StringComparison.Ordinal) ? static n => char.ToLowerInvariant(n[0]) + n[1..] : static n => n;

    /// <summary>A bounded string.</summary>
    public static JsonObject Text() => new() { ["type"] = "string", ["maxLength"] = MaxText };

    /// <summary>A bounded list.</summary>
    public static JsonObject List(JsonObject items) => new() { ["type"] = "array", ["maxItems"] = MaxItems, ["items"] = items };

    /// <summary>A bounded map.</summary>
    public static JsonObject Map(JsonObject values) =>
        new() { ["type"] = "object", ["maxProperties"] = MaxItems, ["additionalProperties"] = values };

    /// <summary>
    /// Fields that no type knows are stored all the same, at every place with fields. Else the API server would remove them before anybody looks, and a
    /// test with <c>threshold:</c> in place of <c>thresholds:</c> would run and judge nothing. The operator refuses them, and so does the webhook.
    /// </summary>
    public static JsonObject KeepUnknown(JsonObject schema)
    {
        if (schema.ContainsKey("properties"))
        {
            schema["x-kubernetes-preserve-unknown-fields"] = true;
        }

        var fields = (schema["properties"]?.AsObject() ?? []).Select(p => p.Value);
        foreach (var child in fields.Concat([schema["items"], schema["additionalProperties"]]).OfType<JsonObject>())
        {
            KeepUnknown(child);
        }

        return schema;
    }

    /// <summary>Anything; the operator's own validation says what is right.</summary>
    public static JsonObject Free() => new() { ["x-kubernetes-preserve-unknown-fields"] = true };
}
