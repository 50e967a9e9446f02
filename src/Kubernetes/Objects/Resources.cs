namespace LoadTesting.Kubernetes.Objects;

/// <summary>The built-in kinds that this layer has types for.</summary>
public static class Resources
{
    /// <summary>Pods.</summary>
    public static ResourceType<Pod> Pods { get; } = new("", "v1", "pods", "Pod", true, KubernetesJson.TypeInfo<Pod>());

    /// <summary>ConfigMaps.</summary>
    public static ResourceType<ConfigMap> ConfigMaps { get; } = new("", "v1", "configmaps", "ConfigMap", true, KubernetesJson.TypeInfo<ConfigMap>());

    /// <summary>Secrets.</summary>
    public static ResourceType<Secret> Secrets { get; } = new("", "v1", "secrets", "Secret", true, KubernetesJson.TypeInfo<Secret>());

    /// <summary>Leases.</summary>
    public static ResourceType<Lease> Leases { get; } = new("coordination.k8s.io", "v1", "leases", "Lease", true, KubernetesJson.TypeInfo<Lease>());

    /// <summary>Events of the events.k8s.io group.</summary>
    public static ResourceType<Event> Events { get; } = new("events.k8s.io", "v1", "events", "Event", true, KubernetesJson.TypeInfo<Event>());

    /// <summary>Namespaces.</summary>
    public static ResourceType<Namespace> Namespaces { get; } = new("", "v1", "namespaces", "Namespace", false, KubernetesJson.TypeInfo<Namespace>());

    /// <summary>Nodes.</summary>
    public static ResourceType<Node> Nodes { get; } = new("", "v1", "nodes", "Node", false, KubernetesJson.TypeInfo<Node>());

    /// <summary>Deployments.</summary>
    public static ResourceType<Deployment> Deployments { get; } = new("apps", "v1", "deployments", "Deployment", true, KubernetesJson.TypeInfo<Deployment>());

    /// <summary>CustomResourceDefinitions.</summary>
    public static ResourceType<CustomResourceDefinition> CustomResourceDefinitions { get; } = new(
        "apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", false, KubernetesJson.TypeInfo<CustomResourceDefinition>());

    /// <summary>Any other kind, with its objects as JSON.</summary>
    public static ResourceType<UntypedObject> Untyped(string group, string version, string plural, string kind, bool isNamespaced) =>
        new(group, version, plural, kind, isNamespaced, KubernetesJson.TypeInfo<UntypedObject>());
}
