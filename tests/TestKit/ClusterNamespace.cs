namespace LoadTesting.TestKit;

/// <summary>A test's own namespace, so that tests of one cluster neither see nor disturb each other.</summary>
public sealed class ClusterNamespace : IAsyncDisposable
{
    private readonly ClusterAccess _cluster;

    internal ClusterNamespace(ClusterAccess cluster, string name)
    {
        _cluster = cluster;
        Name = name;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Starts its deletion and does not wait for the end of it.</summary>
    public async ValueTask DisposeAsync() =>
        await _cluster.TryKubectlAsync(null, "delete", "namespace", Name, "--wait=false", "--ignore-not-found");
}
