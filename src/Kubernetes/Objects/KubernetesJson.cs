using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace LoadTesting.Kubernetes.Objects;

/// <summary>How objects become JSON: camelCase, absent instead of null, and absent instead of empty.</summary>
public static class KubernetesJson
{
    /// <summary>
    /// Options for the built-in kinds. The API server treats an empty list like an absent one, but server-side apply would make us the owner
    /// of the empty field; free-form JSON nodes keep their empty objects, which do mean something (<c>emptyDir: {}</c>).
    /// </summary>
    public static JsonSerializerOptions Options { get; } = OptionsFor(KubernetesJsonContext.Default);

    /// <summary>The same options for kinds of one's own.</summary>
    /// <param name="resolver">Usually a source-generated context with camelCase names.</param>
    public static JsonSerializerOptions OptionsFor(IJsonTypeInfoResolver resolver)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            TypeInfoResolver = JsonTypeInfoResolver.Combine(resolver, KubernetesJsonContext.Default).WithAddedModifier(Shape),
        };
        options.MakeReadOnly();
        return options;
    }

    /// <summary>Serializer of one type under <see cref="Options"/>.</summary>
    public static JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    /// <summary>
    /// RFC 7386: members of <paramref name="patch"/> replace those of <paramref name="target"/>, objects merge recursively, null removes.
    /// Neither argument is changed.
    /// </summary>
    public static JsonNode? Merge(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch?.DeepClone();
        }

        var merged = target is JsonObject from ? (JsonObject)from.DeepClone() : [];
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                merged.Remove(name);
            }
            else
            {
                merged[name] = Merge(merged[name], value);
            }
        }

        return merged;
    }

    private static void Shape(JsonTypeInfo info)
    {
        foreach (var property in info.Properties)
        {
            if (typeof(IKubernetesObject).IsAssignableFrom(info.Type))
            {
                // As people write objects.
                property.Order = property.Name switch
                {
                    "apiVersion" => -3,
                    "kind" => -2,
                    "metadata" => -1,
                    _ => 0,
                };
            }

            var type = property.PropertyType;
            if (type != typeof(string) && type != typeof(byte[]) && typeof(IEnumerable).IsAssignableFrom(type) && !typeof(JsonNode).IsAssignableFrom(type)
                && !property.IsExtensionData)
            {
                property.ShouldSerialize = static (_, value) => value is not null && (value is not ICollection { Count: 0 });
            }
        }
    }
}
