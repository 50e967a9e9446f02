using System.Text.Json;
using LoadTesting.TestKit;

namespace LoadTesting.EndToEnd.Tests;

/// <summary>An installation of the operator on the nodes of the test, taken away at its end.</summary>
internal sealed class OperatorInstall : IAsyncDisposable
{
    public const string Namespace = "loadtest-system";

    private readonly ClusterAccess _cluster;
    private readonly Func<Task> _remove;

    private OperatorInstall(ClusterAccess cluster, string runnerImage, Func<Task> remove)
    {
        _cluster = cluster;
        _remove = remove;
        RunnerImage = runnerImage;
    }

    public string RunnerImage { get; }

    /// <summary>As docs/install.md says: an overlay over <c>config</c> with one's own images.</summary>
    public static async Task<OperatorInstall> KustomizeAsync(ClusterAccess cluster)
    {
        var (op, runner) = await ImagesAsync(cluster);
        var folder = Directory.CreateTempSubdirectory("overlay").FullName;
        var up = Path.GetRelativePath(folder, RepositoryPaths.Root);
        var minor = int.Parse((await VersionAsync(cluster)).TrimStart('v').Split('.')[1]);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "kustomization.yaml"),
            $$"""
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            namespace: {{Namespace}}
            resources: ["{{up}}/{{(minor < 25 ? "config/before-1.25" : "config")}}"]
            components: ["{{up}}/config/webhook"]
            images: [{name: loadtest-operator, newName: {{op.Split(':')[0]}}, newTag: {{op.Split(':')[1]}} }]
            configMapGenerator:
            - name: loadtest-operator-settings
              behavior: merge
              literals: [LOADTEST_RUNNER_IMAGE={{runner}}]
            """);
        await cluster.KubectlAsync("apply", "-k", folder);
        return await ReadyAsync(new OperatorInstall(cluster, runner, async () =>
        {
            await cluster.TryKubectlAsync(null, "delete", "-k", folder, "--ignore-not-found", "--timeout=120s");
            Directory.Delete(folder, recursive: true);
        }));
    }

    /// <summary>The chart, rendered by what Helm is made of.</summary>
    public static async Task<OperatorInstall> ChartAsync(ClusterAccess cluster, string values)
    {
        var (op, runner) = await ImagesAsync(cluster);
        var all = $$"""
            image: {repository: {{op.Split(':')[0]}}, tag: {{op.Split(':')[1]}} }
            runner: {image: {repository: {{runner.Split(':')[0]}}, tag: {{runner.Split(':')[1]}} } }
            {{values}}
            """;
        var rendered = await CommandResult.RunAsync(
            Path.Combine(RepositoryPaths.Root, "tests", "testbed", "render-chart"),
            ["--name", "loadtest-operator", "--namespace", Namespace, "--kube-version", await VersionAsync(cluster), Path.Combine(RepositoryPaths.Root, "charts", "loadtest-operator")],
            all,
            TimeSpan.FromMinutes(10));
        Assert.True(rendered.ExitCode == 0, rendered.Error);
        await cluster.TryKubectlAsync(null, "create", "namespace", Namespace);
        await cluster.ApplyAsync(rendered.Output);
        return await ReadyAsync(new OperatorInstall(cluster, runner, async () =>
        {
            await cluster.TryKubectlAsync(rendered.Output, "delete", "-f", "-", "--ignore-not-found", "--timeout=120s");
            await cluster.TryKubectlAsync(null, "delete", "namespace", Namespace, "--timeout=120s");
        }));
    }

    /// <summary>The demo target and the quickstart in a namespace, until the verdict is final.</summary>
    public async Task QuickstartAsync(string space)
    {
        await TargetAsync(space);
        await _cluster.KubectlAsync("apply", "-f", Path.Combine(RepositoryPaths.Root, "examples", "quickstart.yaml"), "-n", space);
        await CompleteAsync(space);
    }

    public async Task TargetAsync(string space)
    {
        var sample = await File.ReadAllTextAsync(Path.Combine(RepositoryPaths.Root, "config", "samples", "demo-target.yaml"));
        await _cluster.ApplyAsync(sample.Replace("loadtest-runner:latest", RunnerImage, StringComparison.Ordinal), "-n", space);
        await _cluster.KubectlAsync("rollout", "status", "deployment/demo-target", "-n", space, "--timeout=240s");
    }

    public async Task CompleteAsync(string space)
    {
        var waited = await _cluster.TryKubectlAsync(null, "wait", "--for=condition=Complete", "loadtest/quickstart", "-n", space, "--timeout=240s");
        Assert.True(waited.ExitCode == 0, waited.Error + await StateAsync(space));
    }

    /// <summary>What a person would look at when something is wrong.</summary>
    public async Task<string> StateAsync(string space) => string.Join(
        "\n",
        (await _cluster.TryKubectlAsync(null, "describe", "loadtests,loadtestruns", "-n", space)).Output,
        (await _cluster.TryKubectlAsync(null, "get", "pods", "-A", "-o", "wide")).Output,
        (await _cluster.TryKubectlAsync(null, "logs", "-n", Namespace, "deployment/loadtest-operator", "--tail=40")).Output);

    public ValueTask DisposeAsync() => new(_remove());

    private static async Task<OperatorInstall> ReadyAsync(OperatorInstall install)
    {
        try
        {
            var rollout = await install._cluster.TryKubectlAsync(null, "rollout", "status", "deployment/loadtest-operator", "-n", Namespace, "--timeout=240s");
            Assert.True(rollout.ExitCode == 0, rollout.Error + rollout.Output + await install.StateAsync(Namespace));
            return install;
        }
        catch
        {
            await install.DisposeAsync();
            throw;
        }
    }

    private static async Task<(string Operator, string Runner)> ImagesAsync(ClusterAccess cluster) =>
        (await cluster.LoadBuiltImageAsync("operator"), await cluster.LoadBuiltImageAsync("runner"));

    private static async Task<string> VersionAsync(ClusterAccess cluster)
    {
        using var version = JsonDocument.Parse(await cluster.KubectlAsync("get", "--raw", "/version"));
        return version.RootElement.GetProperty("gitVersion").GetString()!;
    }
}
