using System.Text.Json.Nodes;
using LoadTesting.Model.Spec;
using LoadTesting.Operator.Api.Schema;
using LoadTesting.TestKit;

namespace LoadTesting.Operator.Tests.Api;

public sealed class CrdManifestTests
{
    public static TheoryData<string> Files => [.. CrdManifest.Files().Keys];

    public static TheoryData<string> Names => [.. CrdManifest.Definitions().Keys];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_file_in_config_is_what_the_types_say(string file)
    {
        var path = Path.Combine(RepositoryPaths.Root, "config", "crd", file);
        var generated = CrdManifest.Files()[file];
        Assert.True(
            File.Exists(path) && File.ReadAllText(path) == generated,
            $"config/crd/{file} has drifted: run `dotnet run --project src/Operator -- crd config/crd`");
    }

    [Fact]
    public void Load_numbers_may_be_texts()
    {
        var spec = CrdManifest.Definitions()["loadtest.dev_loadtests.yaml"]["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!["properties"]!;
        var scenario = spec["scenarios"]!["additionalProperties"]!["properties"]!;
        Assert.All(LoadFields.Scenario.Keys, f => Assert.True((bool)scenario[f]!["x-kubernetes-int-or-string"]!, f));
        Assert.All(LoadFields.Stage.Keys, f => Assert.True((bool)scenario["stages"]!["items"]!["properties"]![f]!["x-kubernetes-int-or-string"]!, f));
        Assert.True((bool)scenario["mix"]!["items"]!["properties"]!["weight"]!["x-kubernetes-preserve-unknown-fields"]!);
        Assert.True((bool)spec["runners"]!["properties"]!["replicas"]!["x-kubernetes-int-or-string"]!);
        Assert.True((bool)spec["warmUp"]!["x-kubernetes-int-or-string"]!);
        Assert.True((bool)spec["thresholds"]!["additionalProperties"]!["x-kubernetes-preserve-unknown-fields"]!);
    }

    [Fact]
    public void Config_has_no_other_definitions() =>
        Assert.Equal(
            CrdManifest.Definitions().Keys.Order(StringComparer.Ordinal),
            Directory.GetFiles(Path.Combine(RepositoryPaths.Root, "config", "crd"), "loadtest.dev_*.yaml").Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void The_chart_has_the_same_definition(string file)
    {
        var path = Path.Combine(RepositoryPaths.Root, "charts", "loadtest-operator", "files", "crds", file);
        Assert.True(
            File.Exists(path) && File.ReadAllText(path) == CrdManifest.Files()[file],
            $"the chart's {file} has drifted: run `cp config/crd/loadtest.dev_*.yaml charts/loadtest-operator/files/crds/`");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Patches_for_old_API_servers_remove_exactly_the_rules(string file)
    {
        var definition = CrdManifest.Definitions()[file];
        var name = (string)definition["metadata"]!["name"]!;
        var removals = JsonNode.Parse(CrdManifest.Files()[$"without-rules/{name}.json"])!.AsArray();
        var rules = definition.ToJsonString().Split("\"x-kubernetes-validations\":").Length - 1;
        Assert.True(rules > 0);
        Assert.Equal(rules, removals.Count);
        foreach (var path in removals.Select(r => (string)r!["path"]!))
        {
            var node = (JsonNode)definition;
            foreach (var key in path.Split('/')[1..^1])
            {
                node = node is JsonArray list ? list[int.Parse(key, System.Globalization.CultureInfo.InvariantCulture)]! : node[key]!;
            }

            Assert.True(node.AsObject().Remove(path[(path.LastIndexOf('/') + 1)..]), path);
        }

        Assert.DoesNotContain("x-kubernetes-validations", definition.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_field_of_spec_and_status_has_a_description(string file)
    {
        var schema = CrdManifest.Definitions()[file]["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!;
        var bare = new[] { "spec", "status" }
            .SelectMany(part => schema[part]!["properties"]!.AsObject().Select(field => (Path: $"{part}.{field.Key}", field.Value)))
            .Where(f => string.IsNullOrEmpty((string?)f.Value!["description"]))
            .Select(f => f.Path);
        Assert.Empty(bare);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_string_list_and_map_is_bounded(string file)
    {
        var unbounded = new List<string>();
        Walk(CrdManifest.Definitions()[file]["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!, "spec", unbounded);
        Assert.Empty(unbounded);
    }

    /// <summary>What is removed before anybody looks, nobody can refuse: <c>threshold:</c> would leave a test that judges nothing.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void No_field_of_a_spec_is_pruned_and_the_status_is(string file)
    {
        var schema = CrdManifest.Definitions()[file]["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!;
        var pruned = new List<string>();
        Pruning(schema["spec"]!, "spec", pruned);
        Assert.Empty(pruned);
        Assert.False(schema["status"]!.AsObject().ContainsKey("x-kubernetes-preserve-unknown-fields"));

        static void Pruning(JsonNode node, string path, List<string> pruned)
        {
            if (node["properties"] is JsonObject && (bool?)node["x-kubernetes-preserve-unknown-fields"] != true)
            {
                pruned.Add(path);
            }

            foreach (var (name, child) in (node["properties"]?.AsObject() ?? []).Append(new("[]", node["items"])).Append(new("{}", node["additionalProperties"])).Where(c => c.Value is JsonObject))
            {
                Pruning(child!, $"{path}.{name}", pruned);
            }
        }
    }

    private static void Walk(JsonNode node, string path, List<string> unbounded)
    {
        var schema = node.AsObject();
        var bound = (string?)schema["type"] switch
        {
            "string" => schema.ContainsKey("maxLength") || schema.ContainsKey("enum") || schema.ContainsKey("format"),
            "array" => schema.ContainsKey("maxItems"),
            "object" => schema.ContainsKey("properties") || schema.ContainsKey("maxProperties") || schema.ContainsKey("x-kubernetes-preserve-unknown-fields"),
            _ => true,
        };
        if (!bound)
        {
            unbounded.Add(path);
        }

        foreach (var (name, child) in schema["properties"]?.AsObject() ?? [])
        {
            Walk(child!, $"{path}.{name}", unbounded);
        }

        foreach (var inner in new[] { "items", "additionalProperties" })
        {
            if (schema[inner] is JsonObject child)
            {
                Walk(child, $"{path}[]", unbounded);
            }
        }
    }
}
