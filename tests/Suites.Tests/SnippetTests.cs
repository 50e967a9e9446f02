using System.Text.RegularExpressions;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Cli.Manifests;
using LoadTesting.TestKit;

namespace LoadTesting.Suites.Tests;

/// <summary>Every YAML snippet of the migration guide is valid where a reader would put it: a list is a flow, a mapping is (a part of) a spec.</summary>
public sealed class SnippetTests
{
    public static TheoryData<int, string> Snippets
    {
        get
        {
            var text = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "from-k6.md"));
            var data = new TheoryData<int, string>();
            foreach (Match match in Regex.Matches(text, "^```yaml\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline))
            {
                data.Add(text[..match.Index].Count(c => c == '\n') + 2, match.Groups[1].Value);
            }

            return data;
        }
    }

    [Fact]
    public void The_guide_has_snippets() => Assert.True(Snippets.Count >= 8, $"{Snippets.Count} snippets were found in docs/from-k6.md");

    [Theory]
    [MemberData(nameof(Snippets))]
    public async Task A_snippet_of_the_guide_is_valid(int line, string snippet)
    {
        var folder = Directory.CreateTempSubdirectory("loadtest-snippet-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "users.csv"), "id,name\n1,a\n2,b\n");
            var file = Path.Combine(folder.FullName, "snippet.json");
            await File.WriteAllBytesAsync(file, SpecJson.ToUtf8(Manifest(snippet)));
            var valid = await Suite.CommandAsync(["validate", file, "-e", "API_KEY=any"]);
            Assert.True(valid.ExitCode == 0, $"docs/from-k6.md:{line}: {valid.Output}{valid.Error}\n{snippet}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static SpecMap Manifest(string snippet)
    {
        var problems = new List<Model.Validation.Problem>();
        var root = Assert.Single(YamlNodes.Read(snippet, problems));
        Assert.Empty(problems);
        if (root is SpecMap { } whole && whole["kind"] is not null)
        {
            return whole;
        }

        var spec = root is SpecMap map ? map : Map(("flows", Map(("default", root))));
        spec = spec["target"] is null ? With(spec, "target", Text("http://example.test")) : spec;
        spec = spec["flows"] is null ? With(spec, "flows", Map(("default", new SpecList([Map(("request", Map(("url", Text("/")))))], default)))) : spec;
        spec = spec["scenarios"] is null
            ? With(spec, "scenarios", Map(("default", Map(("executor", Text("per-vu-iterations")), ("exec", Text(((SpecMap)spec["flows"]!).Entries[0].Key))))))
            : spec;
        return Map(("apiVersion", Text(ManifestIdentity.ApiVersion)), ("kind", Text(ManifestIdentity.Kind)), ("metadata", Map(("name", Text("snippet")))), ("spec", spec));
    }

    private static SpecScalar Text(string text) => new(text, ScalarKind.String, default);

    private static SpecMap Map(params (string Key, SpecNode Value)[] entries) => new([.. entries.Select(e => new SpecEntry(e.Key, default, e.Value))], default);

    private static SpecMap With(SpecMap map, string key, SpecNode value) => map with { Entries = [.. map.Entries, new SpecEntry(key, default, value)] };
}
