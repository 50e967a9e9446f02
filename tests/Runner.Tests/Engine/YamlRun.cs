using System.Text;
using LoadTesting.Runner.Cli.Manifests;

namespace LoadTesting.Runner.Tests.Engine;

/// <summary>Live runs of manifests as people write them: read, validated and compiled by what the desk uses.</summary>
internal static class YamlRun
{
    /// <summary>A run of a spec given as YAML, its fields indented by two.</summary>
    public static LiveRun Of(Uri? target, string spec)
    {
        var text = $"apiVersion: loadtest.dev/v1alpha1\nkind: LoadTest\nmetadata: {{name: live}}\nspec:\n{(target is null ? "" : $"  target: {target}\n")}{spec}";
        var file = ManifestReader.ReadStream("live.yaml", new MemoryStream(Encoding.UTF8.GetBytes(text)));
        Assert.Equal("", ProblemPrinter.Print(file.Source, file.Problems));
        var valid = Assert.Single(file.Documents).Validate();
        Assert.Equal("", ProblemPrinter.Print(file.Source, valid.Problems));
        return new LiveRun(null) { Spec = valid.Value!.Spec };
    }

    /// <summary>One iteration of a flow, the steps given as YAML, indented by six.</summary>
    public static LiveRun OnceThrough(Uri? target, string steps) => Of(target, $"  flows:\n    main:\n{steps}\n  scenarios: {{s: {{executor: per-vu-iterations, exec: main}}}}\n");

}
