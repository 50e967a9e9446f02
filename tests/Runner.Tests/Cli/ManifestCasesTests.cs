using System.Text;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;
using LoadTesting.Runner.Cli.Manifests;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Cli;

/// <summary>
/// Each folder of <c>tests/testdata/manifests</c> is a case: <c>loadtest.yaml</c> and <c>problems.txt</c>, what people see (empty when all is well). With
/// <c>LOADTEST_UPDATE_CASES=1</c> the texts are written anew, to be read in the diff.
/// </summary>
public sealed class ManifestCasesTests
{
    public static TheoryData<string> Cases =>
        new(Directory.GetDirectories(Path.Combine(RepositoryPaths.TestData, "manifests")).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_manifest_gives_exactly_the_problems_of_its_case(string name)
    {
        var folder = Path.Combine(RepositoryPaths.TestData, "manifests", name);
        using var bytes = File.OpenRead(Path.Combine(folder, "loadtest.yaml"));
        var file = ManifestReader.ReadStream("loadtest.yaml", bytes);
        var found = file.Problems.Concat(file.Documents.SelectMany(d => d.Validate().Problems)).ToArray();
        var text = ProblemPrinter.Print(file.Source, found);
        var expected = Path.Combine(folder, "problems.txt");
        if (Environment.GetEnvironmentVariable("LOADTEST_UPDATE_CASES") == "1")
        {
            File.WriteAllText(expected, text);
        }

        Assert.Equal(File.ReadAllText(expected), text);
        Assert.All(found, p => Assert.True(p.Rule.Length > 0 && p.Message.Length > 0 && (p.Path.Length > 0 || p.Position.Line > 0 || p.Rule is "syntax" or "file"), p.ToString()));
        if (name.StartsWith("valid-", StringComparison.Ordinal))
        {
            Assert.DoesNotContain(found, p => !p.IsWarning);
            AssertRoundTrip(Assert.Single(file.Documents));
        }
    }

    [Fact]
    public void The_examples_are_valid()
    {
        foreach (var path in Directory.GetFiles(Path.Combine(RepositoryPaths.Root, "examples"), "*.yaml"))
        {
            var file = ManifestReader.ReadFile(path);
            var found = file.Problems.Concat(file.Documents.SelectMany(d => d.Validate().Problems));
            Assert.Equal("", ProblemPrinter.Print(file.Source, found));
        }
    }

    private static void AssertRoundTrip(ManifestDocument document)
    {
        var written = SpecJson.ToUtf8(document.Validate().Value!.Manifest);
        var again = SpecValidator.Validate(SpecJson.Read(written, [])!);
        Assert.True(again.IsValid, string.Join('\n', again.Problems));
        Assert.Equal(Encoding.UTF8.GetString(written), Encoding.UTF8.GetString(SpecJson.ToUtf8(again.Value!.Manifest)));
    }
}
