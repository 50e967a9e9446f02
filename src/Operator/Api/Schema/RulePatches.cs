using System.Text.Json;
using System.Text.Json.Nodes;

namespace LoadTesting.Operator.Api.Schema;

/// <summary>
/// A kustomize component that takes the CEL rules out of the definitions. API servers before 1.25 drop the rules, but kubectl does not send what their OpenAPI
/// document does not know.
/// </summary>
internal static class RulePatches
{
    private const string Folder = "without-rules";
    private const string Rules = "x-kubernetes-validations";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>File name in config/crd → content.</summary>
    public static IReadOnlyDictionary<string, string> Files(IReadOnlyDictionary<string, JsonObject> definitions)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        var patches = new JsonArray();
        foreach (var definition in definitions.Values)
        {
            var name = (string)definition["metadata"]!["name"]!;
            var file = $"{name}.json";
            var removals = new JsonArray([.. Paths(definition, "").Select(p => (JsonNode)new JsonObject { ["op"] = "remove", ["path"] = p })]);
            files[$"{Folder}/{file}"] = removals.ToJsonString(Indented) + "\n";
            patches.Add(new JsonObject
            {
                ["target"] = new JsonObject { ["kind"] = "CustomResourceDefinition", ["name"] = name },
                ["path"] = file,
            });
        }

        files[$"{Folder}/kustomization.yaml"] = CrdManifest.GeneratedNote + YamlWriter.Write(new JsonObject
        {
            ["apiVersion"] = "kustomize.config.k8s.io/v1alpha1",
            ["kind"] = "Component",
            ["patches"] = patches,
        });
        return files;
    }

    /// <summary>JSON pointers (RFC 6901) of all rules.</summary>
    private static IEnumerable<string> Paths(JsonNode? node, string path) => node switch
    {
        JsonObject map => map.SelectMany(e => e.Key == Rules ? [$"{path}/{Rules}"] : Paths(e.Value, $"{path}/{Escape(e.Key)}")),
        JsonArray list => list.SelectMany((item, i) => Paths(item, $"{path}/{i}")),
        _ => [],
    };

    private static string Escape(string key) => key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
