using System.Text.Json.Serialization.Metadata;

namespace LoadTesting.Kubernetes.Objects;

/// <summary>Where a kind lives in the API and how it is read and written.</summary>
/// <typeparam name="T">The type of its objects.</typeparam>
/// <param name="Group">API group; empty for the core group.</param>
/// <param name="Version">Version within the group, e.g. <c>v1</c>.</param>
/// <param name="Plural">The kind's name in URLs, e.g. <c>pods</c>.</param>
/// <param name="Kind">The kind itself, e.g. <c>Pod</c>.</param>
/// <param name="IsNamespaced">Whether its objects live in namespaces.</param>
/// <param name="TypeInfo">Its serializer; use <see cref="KubernetesJson.OptionsFor"/> for kinds of one's own.</param>
public sealed record ResourceType<T>(string Group, string Version, string Plural, string Kind, bool IsNamespaced, JsonTypeInfo<T> TypeInfo)
    where T : class, IKubernetesObject
{
    /// <summary>Group and version as objects carry them.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Path of the collection, relative to the server's root and without a leading slash.</summary>
    /// <param name="namespaceName">Null or empty for all namespaces and for cluster-scoped kinds.</param>
    public string CollectionPath(string? namespaceName)
    {
        var root = Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}";
        return IsNamespaced && !string.IsNullOrEmpty(namespaceName)
            ? $"{root}/namespaces/{Uri.EscapeDataString(namespaceName)}/{Plural}"
            : $"{root}/{Plural}";
    }

    /// <summary>Path of one object.</summary>
    /// <param name="subresource">E.g. <c>status</c>; null for the object itself.</param>
    public string ItemPath(NamespacedName name, string? subresource = null)
    {
        if (IsNamespaced && string.IsNullOrEmpty(name.Namespace))
        {
            throw new ArgumentException($"{Kind} {name.Name} needs a namespace", nameof(name));
        }

        var path = $"{CollectionPath(name.Namespace)}/{Uri.EscapeDataString(name.Name)}";
        return subresource is null ? path : $"{path}/{subresource}";
    }

    /// <summary>As Kubernetes writes it in messages, e.g. <c>leases.coordination.k8s.io</c>.</summary>
    public override string ToString() => Group.Length == 0 ? Plural : $"{Plural}.{Group}";
}
