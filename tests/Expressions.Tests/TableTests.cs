using LoadTesting.TestKit;
using Xunit.Abstractions;

namespace LoadTesting.Expressions.Tests;

/// <summary>Our own table of the language and its functions: it covers, alone, what the official cases cover.</summary>
public class TableTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("language.txt", 350)]
    [InlineData("functions.txt", 100)]
    public void Every_line_of_the_table_holds(string file, int atLeast)
    {
        var path = Path.Combine(RepositoryPaths.Root, "tests", "testdata", "cel", file);
        var lines = File.ReadAllLines(path).Where(line => line.Length > 0 && !line.StartsWith('#')).ToList();
        var failures = lines.Select(line => (Line: line, Failure: Check(line))).Where(l => l.Failure is not null).ToList();
        foreach (var (line, failure) in failures)
        {
            output.WriteLine($"{line}\n    {failure}");
        }

        Assert.Empty(failures);
        Assert.True(lines.Count >= atLeast, $"the table has {lines.Count} lines, expected at least {atLeast}: was it read?");
    }

    private static string? Check(string line)
    {
        var separator = line.LastIndexOf("  =>  ", StringComparison.Ordinal);
        var (source, expected) = (line[..separator], line[(separator + 6)..]);
        var compilation = CelCompiler.Compile(source, Cel.Environment);
        if (compilation.Program is null)
        {
            return expected == "error SYNTAX" ? null : $"does not compile: {string.Join("; ", compilation.Issues.Select(i => i.Message))}";
        }

        // Folded to a constant or not, checked or not: always the same.
        var actual = compilation.Program.Evaluate(new(Cel.Environment, new SeededHost(1)));
        var again = CelCompiler.CompileUnchecked(source, Cel.Environment).Program!.Evaluate(new(Cel.Environment, new SeededHost(1)));
        if (!actual.Equals(again))
        {
            return $"is {actual} checked and {again} unchecked";
        }

        if (expected.StartsWith("error ", StringComparison.Ordinal))
        {
            return actual.IsError && actual.AsError.Code.ToString() == expected[6..] ? null : $"is {actual} ({(actual.IsError ? actual.AsError.Code : actual.Kind)})";
        }

        var value = Cel.Run(expected);
        return actual.Equals(value) ? null : $"is {actual}, expected {value}";
    }
}
