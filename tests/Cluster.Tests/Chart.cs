using System.Text.Json.Nodes;
using LoadTesting.TestKit;

namespace LoadTesting.Cluster.Tests;

/// <summary>The chart, rendered by what Helm is made of (<c>tests/testbed/render-chart</c>).</summary>
internal static class Chart
{
    public const string Namespace = "loadtest-system";

    public static string Folder { get; } = Path.Combine(RepositoryPaths.Root, "charts", "loadtest-operator");

    public static JsonObject Values { get; } = Assert.Single(YamlObjects.Read(File.ReadAllText(Path.Combine(Folder, "values.yaml"))));

    public static async Task<string> RenderTextAsync(string values = "", string kubeVersion = "v1.30.0", string release = "loadtest-operator", params string[] more)
    {
        var result = await RunAsync(values, kubeVersion, release, more);
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException($"rendering: {result.Error}");
    }

    public static async Task<IReadOnlyList<JsonObject>> RenderAsync(string values = "", string kubeVersion = "v1.30.0", string release = "loadtest-operator") =>
        YamlObjects.Read(await RenderTextAsync(values, kubeVersion, release));

    public static Task<CommandResult> RunAsync(string values, string kubeVersion = "v1.30.0", string release = "loadtest-operator", params string[] more)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "the chart is rendered with Debian's packages of Go");
        return CommandResult.RunAsync(
            Path.Combine(RepositoryPaths.Root, "tests", "testbed", "render-chart"),
            ["--name", release, "--namespace", Namespace, "--kube-version", kubeVersion, .. more, Folder],
            values,
            TimeSpan.FromMinutes(10));
    }
}
