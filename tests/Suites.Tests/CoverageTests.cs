using System.Text.RegularExpressions;
using LoadTesting.Suites.Tests.Coverage;
using LoadTesting.TestKit;

namespace LoadTesting.Suites.Tests;

/// <summary>The coverage table says what is so: every row, nothing more, and nothing works that is not exercised.</summary>
public sealed class CoverageTests
{
    private static string Source => Path.GetFullPath(Path.Combine(Conformance.Folder, "..", "reference", "k6-semantics.md"));

    [Fact]
    public void The_document_is_what_rows_and_annotations_come_to()
    {
        var expected = CoverageDocument.Write();
        if (Environment.GetEnvironmentVariable("LOADTEST_UPDATE") == "1")
        {
            File.WriteAllText(CoverageDocument.Target, expected);
        }

        Assert.True(File.ReadAllText(CoverageDocument.Target) == expected, "docs/coverage.md is not up to date: LOADTEST_UPDATE=1 dotnet test tests/Suites.Tests --filter Coverage");
    }

    [SkippableFact]
    public void The_rows_are_all_of_the_seed_map_and_no_others()
    {
        Skip.IfNot(File.Exists(Source), $"the seed map is not at {Source}");
        var wanted = Regex.Matches(File.ReadAllText(Source), @"^\| (\d{3}-\d{2,3}) \|", RegexOptions.Multiline).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal);
        Assert.Equal(wanted, CoverageRow.ReadAll().Select(r => r.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_row_that_works_is_exercised_and_one_that_waits_is_not_claimed()
    {
        var annotations = Annotations.ByRow();
        var rows = CoverageRow.ReadAll();
        AssertNone(rows.Where(r => r.Works && !annotations[r.Id].Any()).Select(r => $"{r.Id} {r.What}: said to work, exercised nowhere"));
        AssertNone(rows.Where(r => !r.Works && annotations[r.Id].Any()).Select(r => $"{r.Id} {r.What}: {r.State}, yet claimed by {string.Join(", ", annotations[r.Id])}"));
        AssertNone(annotations.Select(a => a.Key).Except(rows.Select(r => r.Id)).Select(id => $"{id} is no row"));
        Assert.All(rows, r => Assert.Matches("^(works|prose|waits [a-z ]+)$", r.State));
    }

    [Fact]
    public void Every_example_is_executed_by_a_test()
    {
        var tests = Directory.GetFiles(Path.Combine(RepositoryPaths.Root, "tests"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToList();
        AssertNone(Suite.Examples().Where(e => !tests.Any(t => t.Contains($"\"{e}\"", StringComparison.Ordinal) || t.Contains($"\"{Path.GetFileName(e)}\"", StringComparison.Ordinal)))
            .Select(e => $"{e} is executed by no test"));
    }

    private static void AssertNone(IEnumerable<string> wrong)
    {
        var all = wrong.ToList();
        Assert.True(all.Count == 0, string.Join('\n', all));
    }
}
