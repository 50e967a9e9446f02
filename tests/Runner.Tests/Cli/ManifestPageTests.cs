using System.Text;
using System.Text.RegularExpressions;
using LoadTesting.Runner.Cli.Manifests;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Cli;

/// <summary>Every example of the pages about manifests is what it says: readable and valid.</summary>
public sealed partial class ManifestPageTests
{
    // Flows that the examples call, and a scenario for those that have none.
    private const string Around = """
        apiVersion: loadtest.dev/v1alpha1
        kind: LoadTest
        metadata: {name: example}
        spec:

        """;

    public static TheoryData<string, int> Examples
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var page in new[] { "manifest.md", "network.md", "observe.md" })
            {
                for (var i = 0; i < Blocks(page).Count; i++) data.Add(page, i);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_is_valid(string page, int number)
    {
        var file = ManifestReader.ReadStream("example.yaml", new MemoryStream(Encoding.UTF8.GetBytes(Whole(Blocks(page)[number]))));
        var problems = file.Problems.Concat(file.Documents.SelectMany(d => d.Validate().Problems)).Where(p => !p.IsWarning);
        Assert.Equal("", ProblemPrinter.Print(file.Source, problems));
        Assert.Single(file.Documents);
    }

    [Fact]
    public void The_page_names_every_kind_of_step()
    {
        var page = File.ReadAllText(Page("manifest.md"));
        Assert.Matches(@"(?m)^  - job:", page);
        foreach (var kind in new[] { "request", "sleep", "set", "check", "record", "group", "repeat", "oneOf", "parallel", "call", "fail", "abort", "log" })
        {
            Assert.Matches($@"(?m)^- {kind}:", page);
        }
    }

    // A block is a whole document, a list of steps, or fields of the spec.
    private static string Whole(string block)
    {
        if (block.StartsWith("apiVersion:", StringComparison.Ordinal)) return block;
        var isSteps = block.StartsWith("- ", StringComparison.Ordinal);
        var spec = new StringBuilder(Around);
        if (!isSteps) spec.Append(Indent(block.StartsWith("spec:\n", StringComparison.Ordinal) ? Outdent(block["spec:\n".Length..]) : block, 2));
        var given = isSteps ? "" : spec.ToString();
        if (!given.Contains("\n  target:", StringComparison.Ordinal)) spec.Append("  target: http://shop.example\n");
        if (!given.Contains("\n  env:", StringComparison.Ordinal)) spec.Append("  env: [{name: USER, value: u}, {name: PASSWORD, value: p}, {name: TOKEN, value: t}]\n");
        // Of examples that read what others set.
        if (!given.Contains("\n  variables:", StringComparison.Ordinal)) spec.Append("  variables: {section: lamps, page: 1, ids: [1], items: 3, item: lamp}\n");
        if (!given.Contains("\n  flows:", StringComparison.Ordinal)) spec.Append("  flows:\n    login: [{request: {url: /login}}]\n    browse: [{request: {url: /}}]\n    main:\n").Append(isSteps ? Indent(block, 6) : "      - sleep: 1s\n");
        if (!given.Contains("\n  scenarios:", StringComparison.Ordinal)) spec.Append("  scenarios: {load: {executor: constant-vus, duration: 10s, exec: main}}\n");
        return spec.ToString();
    }

    private static string Indent(string text, int blanks) => string.Concat(text.TrimEnd().Split('\n').Select(l => $"{new string(' ', blanks)}{l}\n"));

    private static string Outdent(string text) => string.Join('\n', text.Split('\n').Select(l => l.StartsWith("  ", StringComparison.Ordinal) ? l[2..] : l));

    private static List<string> Blocks(string page) => [.. Fence().Matches(File.ReadAllText(Page(page))).Select(m => m.Groups[1].Value)];

    private static string Page(string name) => Path.Combine(RepositoryPaths.Root, "docs", name);

    [GeneratedRegex(@"```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();
}
