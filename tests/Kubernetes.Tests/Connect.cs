using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.TestKit.FakeKubernetes;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadTesting.Kubernetes.Tests;

/// <summary>Clients of fake servers and small objects.</summary>
internal static class Connect
{
    public static ApiClient To(Uri server, TimeProvider? time = null, ApiClientOptions? options = null, ClusterUser? user = null) => new(
        new ClusterConfig { Server = server, User = user ?? new ClusterUser() },
        options ?? new ApiClientOptions { UserAgent = "kubernetes-tests/1", FirstPause = TimeSpan.FromMilliseconds(1) },
        time ?? TimeProvider.System,
        NullLogger.Instance);

    public static ApiClient To(FakeApiServer server) => To(server.Url);

    public static ConfigMap ConfigMap(string name, string value = "", string space = "shop") => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = space },
        Data = new Dictionary<string, string> { ["value"] = value },
    };

    public static NamespacedName Name(string name, string space = "shop") => new(space, name);
}
