using System.Globalization;
using System.Text.Json;
using LoadTesting.TestKit;

namespace LoadTesting.Cluster.Tests;

/// <summary>The product's manifests in the form that the cluster at hand knows.</summary>
internal static class Definitions
{
    /// <summary>E.g. <c>v1.20.2</c>.</summary>
    public static async Task<string> VersionAsync(this ClusterAccess cluster)
    {
        using var version = JsonDocument.Parse(await cluster.KubectlAsync("get", "--raw", "/version"));
        return version.RootElement.GetProperty("gitVersion").GetString()!;
    }

    /// <summary>The folder for <c>kubectl apply -k</c>.</summary>
    public static async Task<string> OverlayAsync(this ClusterAccess cluster)
    {
        var minor = int.Parse((await cluster.VersionAsync()).TrimStart('v').Split('.')[1], CultureInfo.InvariantCulture);
        return Path.Combine(RepositoryPaths.Root, minor < 25 ? "config/before-1.25" : "config");
    }

    /// <summary>Installs the CustomResourceDefinitions and waits until they are served.</summary>
    public static async Task InstallDefinitionsAsync(this ClusterAccess cluster)
    {
        var rendered = await Chart.RenderTextAsync(kubeVersion: await cluster.VersionAsync());
        var definitions = rendered.Split("\n---\n").Where(d => d.Contains("\nkind: CustomResourceDefinition\n", StringComparison.Ordinal));
        await cluster.ApplyAsync(string.Join("\n---\n", definitions));

        // kubectl gives up at once on a definition so new that it has no conditions yet.
        await Eventually.SeeAsync(
            "the definitions are served",
            () => cluster.KubectlAsync("wait", "--for=condition=Established", "--timeout=120s", "crd/loadtests.loadtest.dev", "crd/loadtestruns.loadtest.dev"),
            _ => true);
    }
}
