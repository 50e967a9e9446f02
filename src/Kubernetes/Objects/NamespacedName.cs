namespace LoadTesting.Kubernetes.Objects;

/// <summary>What identifies an object of one kind; the key of caches and work queues.</summary>
/// <param name="Namespace">Empty for cluster-scoped kinds.</param>
/// <param name="Name">The object's name.</param>
public readonly record struct NamespacedName(string Namespace, string Name)
{
    /// <summary>The key of an object as read.</summary>
    public static NamespacedName Of(IKubernetesObject item) => new(item.Metadata.Namespace ?? "", item.Metadata.Name ?? "");

    /// <summary>As Kubernetes tools print it: <c>namespace/name</c>, or the name alone when cluster-scoped.</summary>
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
