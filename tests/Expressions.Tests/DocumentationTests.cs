using System.Text.RegularExpressions;
using LoadTesting.TestKit;

namespace LoadTesting.Expressions.Tests;

/// <summary>docs/expressions.md and the code say the same.</summary>
public partial class DocumentationTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "expressions.md"));

    [Fact]
    public void Every_function_of_ours_is_documented()
    {
        var ours = Cel.Environment.Functions.Where(f => !CelEnvironment.Standard.Functions.ContainsKey(f.Key)).Select(f => f.Key).ToList();

        Assert.True(ours.Count > 20, $"only {ours.Count} functions are ours");
        Assert.DoesNotContain(ours, name => !Text.Contains($"{name}(", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_documented_call_names_a_function_that_exists()
    {
        string[] syntax = ["has", "all", "exists", "exists_one", "map", "filter", "cel.bind"];
        var section = Text[Text.IndexOf("## Functions beyond", StringComparison.Ordinal)..];
        var names = Call().Matches(section).Select(m => m.Groups[1].Value).Distinct().ToList();

        Assert.Contains("jsonPath", names);
        Assert.DoesNotContain(names, name => !Cel.Environment.Functions.ContainsKey(name) && !syntax.Contains(name));
    }

    [Fact]
    public void Every_example_of_the_first_table_compiles()
    {
        var environment = Cel.Environment.WithVariable("status", CelType.Int).WithVariable("json", CelType.Dyn).WithVariable("body", CelType.String);
        var section = Text[Text.IndexOf("## In one minute", StringComparison.Ordinal)..Text.IndexOf("In a string,", StringComparison.Ordinal)];
        var examples = Example().Matches(section).Select(m => m.Groups[1].Value).ToList();

        Assert.Equal(9, examples.Count);
        Assert.All(examples, example => Assert.Empty(CelCompiler.Compile(example, environment).Issues));
    }

    [GeneratedRegex(@"`(?:list\.|text\.)?([A-Za-z0-9_.]+)\(")]
    private static partial Regex Call();

    [GeneratedRegex(@"^\| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Example();
}
