using System.Collections.Concurrent;
using Xunit;

namespace LoadTesting.TestKit;

/// <summary>A cluster that tests may use, and what it can do.</summary>
/// <param name="Kubeconfig">Path of a kubeconfig file whose current context is the cluster's administrator.</param>
/// <param name="TestbedName">The name under <c>tests/testbed</c>; null for the user's own cluster, whose nodes are not ours to kill or fill.</param>
/// <param name="HasControllers">Whether a controller-manager runs: it collects garbage, empties deleted namespaces and makes service accounts.</param>
/// <param name="Nodes">Nodes that were asked for; 0 when there is only an API server. Unknown (-1) for the user's own cluster.</param>
public sealed record ClusterAccess(string Kubeconfig, string? TestbedName, bool HasControllers, int Nodes)
{
    private static readonly ConcurrentDictionary<(string, string), Lazy<Task<string?>>> Loaded = new();

    /// <summary>Runs kubectl with the arguments.</summary>
    /// <returns>Standard output.</returns>
    /// <exception cref="InvalidOperationException">kubectl failed; the message carries its standard error.</exception>
    public async Task<string> KubectlAsync(params string[] arguments)
    {
        var result = await TryKubectlAsync(null, arguments);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException($"kubectl {string.Join(' ', arguments)}: exit code {result.ExitCode}: {result.Error}");
    }

    /// <summary>Creates or updates the objects of a YAML or JSON text.</summary>
    public async Task<string> ApplyAsync(string manifest, params string[] arguments)
    {
        var result = await TryKubectlAsync(manifest, ["apply", "-f", "-", .. arguments]);
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException($"kubectl apply: {result.Error}\n{manifest}");
    }

    /// <summary>Runs kubectl whether or not it succeeds.</summary>
    /// <param name="input">Its standard input; null for none.</param>
    /// <param name="arguments">Its arguments, without the kubeconfig.</param>
    public Task<CommandResult> TryKubectlAsync(string? input, params string[] arguments) =>
        CommandResult.RunAsync("kubectl", ["--kubeconfig", Kubeconfig, .. arguments], input, TimeSpan.FromMinutes(5));

    /// <summary>Runs a script of <c>tests/testbed</c> on this cluster and fails with its output when it fails.</summary>
    public async Task<string> TestbedAsync(string script, params string[] arguments)
    {
        Skip.If(TestbedName is null, $"tests/testbed/{script} works on clusters of tests/testbed only, and KUBECONFIG names another one");
        var result = await CommandResult.RunAsync(
            ClusterFixture.Script(script), [.. arguments, "--name", TestbedName!], null, TimeSpan.FromMinutes(10));
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException($"tests/testbed/{script}: exit code {result.ExitCode}: {result.Error}");
    }

    /// <summary>Loads an image into every node.</summary>
    /// <param name="image">Path of a Docker archive, or <c>base</c> or <c>tools</c> for the images of <c>tests/testbed/base-image</c>.</param>
    public async Task LoadImageAsync(string image)
    {
        if (image is "base" or "tools" or "hostile")
        {
            var made = await CommandResult.RunAsync(ClusterFixture.Script("base-image"), [image], null, TimeSpan.FromMinutes(10));
            image = made.ExitCode == 0
                ? made.Output.Trim()
                : throw new InvalidOperationException($"tests/testbed/base-image {image}: exit code {made.ExitCode}: {made.Error}");
        }

        await TestbedAsync("load-image", image);
    }

    /// <summary>
    /// Builds a target of the repository's Dockerfile and loads it into every node, once per process: nodes keep their images when they are killed and revived.
    /// Skips the calling test where no image can be built.
    /// </summary>
    /// <returns>The image's name, for Pods with <c>imagePullPolicy: Never</c>.</returns>
    public async Task<string> LoadBuiltImageAsync(string target)
    {
        Skip.If(TestbedName is null, "images are loaded into clusters of tests/testbed only, and KUBECONFIG names another one");
        var cannot = await Loaded.GetOrAdd((Kubeconfig, target), _ => new(() => BuildAndLoadAsync(target))).Value;
        Skip.If(cannot is not null, cannot);
        return $"localhost/loadtest-{target}:testbed";
    }

    private async Task<string?> BuildAndLoadAsync(string target)
    {
        var built = await CommandResult.RunAsync(ClusterFixture.Script("build-image"), [target], null, TimeSpan.FromMinutes(20));
        var output = $"tests/testbed/build-image {target}: exit code {built.ExitCode}: {built.Error}";
        if (built.ExitCode == ClusterFixture.MachineCannot && !ClusterFixture.IsRequired)
        {
            return output;
        }

        await LoadImageAsync(built.ExitCode == 0 ? built.Output.Trim() : throw new InvalidOperationException(output));
        return null;
    }

    /// <summary>A namespace of a name not used before; disposing it deletes it and all that is in it.</summary>
    public async Task<ClusterNamespace> CreateNamespaceAsync()
    {
        var name = $"test-{Guid.NewGuid():N}"[..17];
        await KubectlAsync("create", "namespace", name);
        return new ClusterNamespace(this, name);
    }
}
