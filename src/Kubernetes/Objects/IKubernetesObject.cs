namespace LoadTesting.Kubernetes.Objects;

/// <summary>Anything the API server stores: type, identity, the rest.</summary>
public interface IKubernetesObject
{
    /// <summary>Group and version, e.g. <c>apps/v1</c>; <c>v1</c> for the core group.</summary>
    string ApiVersion { get; }

    /// <summary>The kind in the singular, e.g. <c>Pod</c>.</summary>
    string Kind { get; }

    /// <summary>Identity, ownership and bookkeeping.</summary>
    ObjectMeta Metadata { get; }
}
