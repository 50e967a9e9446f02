using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Api.Schema;
using LoadTesting.TestKit;

namespace LoadTesting.Operator.Tests.Api;

/// <summary>The configuration for kube-state-metrics names fields that there are.</summary>
public sealed partial class KubeStateMetricsTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "config", "kube-state-metrics", "custom-resource-state.yaml"));

    [Fact]
    public void Every_path_from_the_root_is_a_field_of_the_definition()
    {
        var paths = Paths().Matches(Text).Select(m => m.Groups[1].Value.Split(", ")).Where(p => p[0] is "spec" or "status" && p.Length > 1).ToList();
        Assert.True(paths.Count >= 10, Text);
        var schema = CrdManifest.Definitions()["loadtest.dev_loadtests.yaml"]["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!;
        foreach (var path in paths)
        {
            var node = path.Aggregate((JsonNode?)schema, (at, field) => at?["properties"]?[field]);
            Assert.True(node is not null, $"LoadTest has no field {string.Join('.', path)}");
        }
    }

    [Fact]
    public void Phases_are_those_that_there_are_and_conditions_have_the_fields_that_are_read()
    {
        Assert.Contains($"list: [{string.Join(", ", Enum.GetNames<RunPhase>())}]", Text, StringComparison.Ordinal);
        var condition = CrdManifest.Definitions()["loadtest.dev_loadtests.yaml"]["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["status"]!["properties"]!["conditions"]!["items"]!["properties"]!;
        Assert.All((string[])["type", "reason", "status"], field => Assert.NotNull(condition[field]));
        Assert.Contains($"version: {CrdManifest.Version}", Text, StringComparison.Ordinal);
    }

    [GeneratedRegex(@": \[([A-Za-z]+(?:, [A-Za-z]+)*)\]")]
    private static partial Regex Paths();
}
