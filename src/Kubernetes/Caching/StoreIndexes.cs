using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Caching;

/// <summary>The indexes that most controllers need.</summary>
public static class StoreIndexes
{
    /// <summary>Name of the index by the uid of every owner.</summary>
    public const string OwnerUid = "owner-uid";

    /// <summary>Name of the index by namespace.</summary>
    public const string Namespace = "namespace";

    /// <summary>Adds <see cref="OwnerUid"/>.</summary>
    public static void AddOwnerIndex<T>(this Store<T> store)
        where T : class, IKubernetesObject =>
        store.AddIndex(OwnerUid, static item => item.Metadata.OwnerReferences.Select(o => o.Uid));

    /// <summary>Adds <see cref="Namespace"/>.</summary>
    public static void AddNamespaceIndex<T>(this Store<T> store)
        where T : class, IKubernetesObject =>
        store.AddIndex(Namespace, static item => item.Metadata.Namespace is { } name ? [name] : []);

    /// <summary>The objects that an owner with this uid owns; needs <see cref="AddOwnerIndex"/>.</summary>
    public static IReadOnlyList<T> OwnedBy<T>(this Store<T> store, string uid)
        where T : class, IKubernetesObject =>
        store.FindBy(OwnerUid, uid);
}
