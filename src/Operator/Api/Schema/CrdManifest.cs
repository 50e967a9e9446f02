using System.Text.Json.Nodes;
using LoadTesting.Model.Spec;

namespace LoadTesting.Operator.Api.Schema;

/// <summary>The CustomResourceDefinitions, generated from the C# types so that code, cluster and documentation cannot disagree.</summary>
internal static class CrdManifest
{
    /// <summary>API group of all kinds.</summary>
    public const string Group = LoadTestResources.Group;

    /// <summary>The served and stored version.</summary>
    public const string Version = LoadTestResources.Version;

    private static readonly Column[] Columns =
    [
        new("Phase", "string", ".status.phase"),
        new("Verdict", "string", ".status.verdict"),
        new("Progress", "string", ".status.progress"),
        new("RPS", "string", ".status.load.rate"),
        new("P95", "string", ".status.latency.p95"),
        new("Failed", "string", ".status.load.failed"),
        new("Age", "date", ".metadata.creationTimestamp"),
        new("Reason", "string", ".status.reason", Wide: true),
        new("Runners", "integer", ".status.runners.ready", Wide: true),
        new("Requests", "integer", ".status.load.requests", Wide: true),
        new("P99", "string", ".status.latency.p99", Wide: true),
    ];

    /// <summary>First line of generated YAML.</summary>
    public const string GeneratedNote = "# Generated from the C# types by `loadtest-operator crd`; edit those, not this.\n";

    /// <summary>File name in config/crd → content.</summary>
    public static IReadOnlyDictionary<string, string> Files()
    {
        var definitions = Definitions();
        var files = definitions.ToDictionary(d => d.Key, d => GeneratedNote + YamlWriter.Write(d.Value), StringComparer.Ordinal);
        foreach (var (name, content) in RulePatches.Files(definitions))
        {
            files[name] = content;
        }

        return files;
    }

    /// <summary>Writes all files into a folder.</summary>
    public static async Task WriteAsync(string directory, CancellationToken cancellation)
    {
        foreach (var (name, content) in Files())
        {
            var path = Path.Combine(directory, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, content, cancellation);
        }
    }

    /// <summary>File name in config/crd → definition.</summary>
    public static IReadOnlyDictionary<string, JsonObject> Definitions()
    {
        var documentation = XmlDocumentation.Load(typeof(LoadTestSpec).Assembly, typeof(CrdManifest).Assembly);
        var builder = new SchemaBuilder(documentation);
        return new Dictionary<string, JsonObject>(StringComparer.Ordinal)
        {
            [$"{Group}_loadtests.yaml"] = LoadTest(builder),
            [$"{Group}_loadtestruns.yaml"] = LoadTestRun(builder),
        };
    }

    private static JsonObject LoadTest(SchemaBuilder builder)
    {
        var spec = SchemaBuilder.KeepUnknown(builder.Object(typeof(LoadTestSpec)));
        return Definition("LoadTest", "loadtests", "lt", spec, builder, "The definition of a load test; its status mirrors the newest run.");
    }

    private static JsonObject LoadTestRun(SchemaBuilder builder)
    {
        var spec = SchemaBuilder.KeepUnknown(builder.Object(typeof(LoadTestRunSpec)));
        spec["x-kubernetes-validations"] = new JsonArray(
            Rule("self.loadTestRef == oldSelf.loadTestRef", "spec.loadTestRef is immutable"),
            Rule("!has(oldSelf.snapshot) || (has(self.snapshot) && self.snapshot == oldSelf.snapshot)", "spec.snapshot is immutable"),
            Rule("has(self.variables) == has(oldSelf.variables) && (!has(self.variables) || self.variables == oldSelf.variables)", "spec.variables is immutable"),
            Rule("has(self.profile) == has(oldSelf.profile) && (!has(self.profile) || self.profile == oldSelf.profile)", "spec.profile is immutable"),
            Rule("has(self.target) == has(oldSelf.target) && (!has(self.target) || self.target == oldSelf.target)", "spec.target is immutable"),
            Rule("!(has(oldSelf.abort) && oldSelf.abort) || (has(self.abort) && self.abort)", "spec.abort cannot be taken back"));
        return Definition("LoadTestRun", "loadtestruns", "ltr", spec, builder, "One execution of a LoadTest: the spec it ran, its verdict, percentiles and evidence.");
    }

    private static JsonObject Rule(string rule, string message) => new() { ["rule"] = rule, ["message"] = message };

    private static JsonObject Definition(string kind, string plural, string shortName, JsonObject spec, SchemaBuilder builder, string description)
    {
        var status = builder.Object(typeof(LoadTestStatus));
        status["default"] = new JsonObject { ["observedGeneration"] = -1 };
        var schema = SchemaBuilder.ObjectOf(
            new JsonObject
            {
                ["apiVersion"] = new JsonObject { ["type"] = "string" },
                ["kind"] = new JsonObject { ["type"] = "string" },
                ["metadata"] = new JsonObject { ["type"] = "object" },
                ["spec"] = spec,
                ["status"] = status,
            },
            ["spec"],
            description);
        var columns = new JsonArray([.. Columns.Select(c => (JsonNode)c.ToJson())]);
        return new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject { ["name"] = $"{plural}.{Group}" },
            ["spec"] = new JsonObject
            {
                ["group"] = Group,
                ["names"] = new JsonObject
                {
                    ["kind"] = kind,
                    ["listKind"] = $"{kind}List",
                    ["plural"] = plural,
                    ["singular"] = plural[..^1],
                    ["shortNames"] = new JsonArray(shortName),
                    // Not "loadtest": kubectl would take `kubectl get loadtest NAME` for the category and refuse the name.
                    ["categories"] = new JsonArray("loadtesting"),
                },
                ["scope"] = "Namespaced",
                ["versions"] = new JsonArray(new JsonObject
                {
                    ["name"] = Version,
                    ["served"] = true,
                    ["storage"] = true,
                    ["subresources"] = new JsonObject { ["status"] = new JsonObject() },
                    ["additionalPrinterColumns"] = columns,
                    ["schema"] = new JsonObject { ["openAPIV3Schema"] = schema },
                }),
            },
        };
    }

    private sealed record Column(string Name, string Type, string Path, bool Wide = false)
    {
        public JsonObject ToJson()
        {
            var column = new JsonObject { ["name"] = Name, ["type"] = Type, ["jsonPath"] = Path };
            if (Wide)
            {
                // kubectl hides columns of a priority above 0 unless -o wide.
                column["priority"] = 1;
            }

            return column;
        }
    }
}
