using System.Text.RegularExpressions;
using LoadTesting.TestKit;

namespace LoadTesting.Architecture.Tests;

/// <summary>Documents that lie are worse than none: what they link to and name must exist.</summary>
public sealed class DocumentationTests
{
    public static TheoryData<string> Documents => [.. SourceTree.Files(".", "*.md").Select(SourceTree.Relative)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_relative_link_of_a_document_leads_somewhere(string document)
    {
        var path = Path.Combine(RepositoryPaths.Root, document);
        var broken = Regex.Matches(File.ReadAllText(path), @"\]\((?!https?://|#|mailto:)([^)#\s]+)(#[^)]*)?\)")
            .Select(m => m.Groups[1].Value)
            .Where(link => !Path.Exists(Path.Combine(Path.GetDirectoryName(path)!, link)));
        Assert.Empty(broken);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_path_in_backticks_that_starts_in_the_tree_exists(string document)
    {
        var broken = Regex.Matches(File.ReadAllText(Path.Combine(RepositoryPaths.Root, document)), @"`((?:src|tests|docs|examples|config|charts|benchmarks|eng)/[A-Za-z0-9_./-]*[A-Za-z0-9_/])`")
            .Select(m => m.Groups[1].Value)
            .Where(p => !Path.Exists(Path.Combine(RepositoryPaths.Root, p)));
        Assert.Empty(broken);
    }

    [Fact]
    public void No_tracked_text_names_a_place_on_the_machine_it_was_written_on()
    {
        var home = new Regex(@"(^|[^A-Za-z0-9_.])/(work|root|home/[a-z]+)/[A-Za-z0-9]");
        var found = new[] { "*.cs", "*.md", "*.yaml", "*.sh", "*.props", "*.csproj" }
            .SelectMany(p => SourceTree.Files(".", p))
            .SelectMany(f => File.ReadLines(f).Select((line, i) => (Line: line, Where: $"{SourceTree.Relative(f)}:{i + 1}")))
            .Where(l => home.IsMatch(l.Line) && !l.Where.EndsWith("DocumentationTests.cs", StringComparison.Ordinal))
            .Select(l => l.Where);
        Assert.Empty(found);
    }
}
