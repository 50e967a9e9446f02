using System.Xml.Linq;
using LoadTesting.TestKit;

namespace LoadTesting.Architecture.Tests;

/// <summary>Who may reference whom: docs/architecture.md says why.</summary>
public sealed class ReferenceGraphTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Metrics"] = [],
        ["Expressions"] = [],
        ["Model"] = ["Metrics", "Expressions"],
        ["Kubernetes"] = [],
        ["Runner"] = ["Metrics", "Expressions", "Model"],
        ["Operator"] = ["Metrics", "Model", "Kubernetes"],
    };

    public static TheoryData<string> Projects => [.. Directory.GetFiles(Path.Combine(RepositoryPaths.Root, "src"), "*.csproj", SearchOption.AllDirectories)
        .Select(p => Path.GetFileNameWithoutExtension(p)!)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_product_project_references_only_what_the_house_allows(string project)
    {
        Assert.True(Allowed.ContainsKey(project), $"src/{project} is new: say in this table (and in docs/architecture.md) what it may reference");
        var path = Path.Combine(RepositoryPaths.Root, "src", project, $"{project}.csproj");
        var references = XDocument.Load(path).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));
        Assert.Empty(references.Except(Allowed[project]));
    }

    [Theory]
    [InlineData("Metrics")]
    [InlineData("Expressions")]
    [InlineData("Model")]
    public void A_pure_project_has_no_packages_and_no_frameworks(string project)
    {
        var document = XDocument.Load(Path.Combine(RepositoryPaths.Root, "src", project, $"{project}.csproj"));
        // HTML is no format to write a parser for beside others; the package turns text into trees, and the words banned below hold for what is called of it too.
        Assert.Equal(project == "Expressions" ? ["AngleSharp"] : [], document.Descendants("PackageReference").Select(p => p.Attribute("Include")!.Value));
        Assert.Empty(document.Descendants("FrameworkReference"));
    }

    [Theory]
    [InlineData("Metrics")]
    [InlineData("Expressions")]
    [InlineData("Model")]
    public void A_pure_project_uses_no_sockets_files_threads_or_clocks(string project)
    {
        string[] banned =
        [
            // Of System.Net only the plain values: addresses and networks.
            "System.Net.", "Dns.", "WebRequest", "System.IO.File", "File.", "Directory.", "new Thread(", "Task.Run(", "TimeProvider", "Environment.Get",
            "Console.", "HttpClient", "Stopwatch", "Timer(",
        ];
        foreach (var file in SourceTree.Files($"src/{project}"))
        {
            foreach (var (line, number) in SourceTree.CodeLines(file))
            {
                foreach (var word in banned)
                {
                    Assert.False(
                        System.Text.RegularExpressions.Regex.IsMatch(line, $@"(?<![\w.]){System.Text.RegularExpressions.Regex.Escape(word)}"),
                        $"{SourceTree.Relative(file)}:{number} uses {word}: {line.Trim()}");
                }
            }
        }
    }

    [Theory]
    [InlineData("src/Runner/Engine", "LoadTesting.Runner.Cli")]
    [InlineData("src/Runner/Engine", "LoadTesting.Runner.Agent")]
    [InlineData("src/Runner/Http", "LoadTesting.Runner.Cli")]
    [InlineData("src/Runner/Http", "LoadTesting.Runner.Engine")]
    [InlineData("src/Runner/Loops", "LoadTesting.Runner.Engine")]
    [InlineData("src/Runner/Agent", "LoadTesting.Runner.Cli")]
    [InlineData("src/Runner/Target", "LoadTesting.Runner.Engine")]
    [InlineData("src/Kubernetes/Telemetry", "LoadTesting.Kubernetes.Client")]
    [InlineData("src/Kubernetes/Objects", "LoadTesting.Kubernetes.Client")]
    [InlineData("src/Kubernetes/Client", "LoadTesting.Kubernetes.Caching")]
    [InlineData("src/Kubernetes/Client", "LoadTesting.Kubernetes.Control")]
    [InlineData("src/Kubernetes/Caching", "LoadTesting.Kubernetes.Control")]
    [InlineData("src/Operator/Lifecycle", "LoadTesting.Kubernetes.Client")]
    [InlineData("src/Kubernetes", "LoadTesting.Model")]
    public void A_folder_does_not_know_the_folder_above_it(string folder, string namespaceName)
    {
        foreach (var file in SourceTree.Files(folder))
        {
            foreach (var (line, number) in SourceTree.CodeLines(file))
            {
                Assert.False(
                    line.Contains(namespaceName, StringComparison.Ordinal),
                    $"{SourceTree.Relative(file)}:{number} knows {namespaceName}");
            }
        }
    }

    [Fact]
    public void Yaml_is_read_in_the_command_line_and_in_the_kubeconfig_only()
    {
        var users = SourceTree.Files("src")
            .Where(f => File.ReadAllText(f).Contains("using YamlDotNet", StringComparison.Ordinal))
            .Select(SourceTree.Relative)
            .Where(f => !f.StartsWith("src/Runner/Cli/", StringComparison.Ordinal) && !f.StartsWith("src/Kubernetes/Client/", StringComparison.Ordinal));
        Assert.Empty(users);
    }
}
