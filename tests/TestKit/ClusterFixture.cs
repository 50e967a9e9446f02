using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace LoadTesting.TestKit;

/// <summary>
/// A real cluster, brought up once per test assembly by <c>tests/testbed</c> and taken down when its process ends. Use it as a class or collection fixture:
/// <see cref="ApiServerFixture"/> or <see cref="NodesFixture"/>. All fixtures of a kind in an assembly share one cluster, so classes may run beside each other.
/// <list type="bullet">
/// <item><c>KUBECONFIG</c>: that cluster is used and nothing is brought up.</item>
/// <item><c>LOADTEST_REQUIRE_CLUSTER=1</c> (set in CI): a machine that cannot run a cluster fails the tests instead of skipping them.</item>
/// <item><c>LOADTEST_TESTBED_KEEP=1</c>: the cluster stays up, and the next run of the assembly finds it.</item>
/// </list>
/// </summary>
public abstract class ClusterFixture : IAsyncLifetime
{
    /// <summary>Status with which the scripts of <c>tests/testbed</c> say that this machine cannot do it.</summary>
    internal const int MachineCannot = 3;

    private static readonly ConcurrentDictionary<int, Lazy<Task<(ClusterAccess? Cluster, string? WhyNot, bool MaySkip)>>> Shared = new();

    private readonly int _nodes;
    private ClusterAccess? _cluster;
    private string? _whyNot;
    private bool _maySkip;

    /// <summary>For the two fixtures below.</summary>
    /// <param name="nodes">0: the API server alone.</param>
    private protected ClusterFixture(int nodes) => _nodes = nodes;

    /// <summary>The cluster; skips the calling test with the reason when this machine cannot run one, fails it when bringing it up failed.</summary>
    public ClusterAccess Cluster
    {
        get
        {
            Skip.If(_cluster is null && _maySkip, _whyNot);
            return _cluster ?? throw new InvalidOperationException(_whyNot ?? "the fixture has not been initialised");
        }
    }

    /// <inheritdoc/>
    public async Task InitializeAsync() =>
        (_cluster, _whyNot, _maySkip) = await Shared.GetOrAdd(_nodes, nodes => new(() => UpAsync(nodes))).Value;

    /// <summary>Nothing: the cluster's companion takes it down when this process has ended, whichever of the fixtures was the last.</summary>
    public Task DisposeAsync() => Task.CompletedTask;

    private static async Task<(ClusterAccess? Cluster, string? WhyNot, bool MaySkip)> UpAsync(int nodes)
    {
        if (Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } own)
        {
            return (new ClusterAccess(own, null, HasControllers: true, Nodes: -1), null, false);
        }

        var name = Name(nodes);
        List<string> arguments = ["--name", name];
        arguments.AddRange(nodes == 0 ? ["--api-only"] : ["--nodes", nodes.ToString(CultureInfo.InvariantCulture)]);
        if (!Keep)
        {
            arguments.AddRange(["--with", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        }

        var up = await CommandResult.RunAsync(Script("up"), arguments, null, TimeSpan.FromMinutes(40));
        if (up.ExitCode != 0)
        {
            return (null, $"tests/testbed/up {string.Join(' ', arguments)}: exit code {up.ExitCode}: {up.Error.Trim()}", up.ExitCode == MachineCannot && !IsRequired);
        }

        var kubeconfig = up.Output.Trim();
        var controllers = Path.Combine(Path.GetDirectoryName(kubeconfig)!, "run", "kube-controller-manager.pid");
        return (new ClusterAccess(kubeconfig, name, File.Exists(controllers), nodes), null, false);
    }

    internal static string Script(string name) => Path.Combine(RepositoryPaths.Root, "tests", "testbed", name);

    internal static bool IsRequired => Environment.GetEnvironmentVariable("LOADTEST_REQUIRE_CLUSTER") is "1";

    private static bool Keep => Environment.GetEnvironmentVariable("LOADTEST_TESTBED_KEEP") is "1";

    // The place of the test assembly is in the name: other assemblies, configurations and checkouts on the machine have their own clusters.
    private static string Name(int nodes)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(AppContext.BaseDirectory));
        return (nodes == 0 ? "api-" : "e2e-") + Convert.ToHexStringLower(hash)[..8];
    }
}

/// <summary>etcd, API server and controller-manager: up in seconds, no root needed.</summary>
public sealed class ApiServerFixture : ClusterFixture
{
    /// <summary>For xunit.</summary>
    public ApiServerFixture()
        : base(nodes: 0)
    {
    }
}

/// <summary>A whole cluster with two nodes whose Pods run.</summary>
public sealed class NodesFixture : ClusterFixture
{
    /// <summary>For xunit.</summary>
    public NodesFixture()
        : base(nodes: 2)
    {
    }
}
