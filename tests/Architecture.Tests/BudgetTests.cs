using System.Text.RegularExpressions;
using LoadTesting.TestKit;

namespace LoadTesting.Architecture.Tests;

/// <summary>Small files read calmly: budgets that the whole tree keeps.</summary>
public sealed class BudgetTests
{
    [Theory]
    [InlineData("src", 400)]
    [InlineData("tests", 600)]
    public void No_source_file_is_longer_than_the_cap(string folder, int cap)
    {
        var tooLong = SourceTree.Files(folder)
            .Select(f => (File: SourceTree.Relative(f), Lines: File.ReadLines(f).Count()))
            .Where(f => f.Lines > cap);
        Assert.Empty(tooLong);
    }

    [Fact]
    public void Nine_of_ten_product_files_stay_within_200_lines()
    {
        var lines = SourceTree.Files("src").Select(f => File.ReadLines(f).Count()).Order().ToList();
        var p90 = lines[(int)(lines.Count * 0.9)];
        Assert.True(p90 <= 200, $"the 90th percentile of {lines.Count} files is {p90} lines");
    }

    [Fact]
    public void Nothing_is_left_open_or_swallowed_in_product_code()
    {
        var open = new Regex(@"TODO|FIXME|HACK|NotImplementedException|catch\s*(\(Exception[^)]*\))?\s*\{\s*\}");
        var found = SourceTree.Files("src")
            .SelectMany(f => File.ReadLines(f).Select((line, i) => (Line: line, Where: $"{SourceTree.Relative(f)}:{i + 1}")))
            .Where(l => open.IsMatch(l.Line))
            .Select(l => $"{l.Where}: {l.Line.Trim()}");
        Assert.Empty(found);
    }

    [Fact]
    public void Every_suppression_gives_its_reason()
    {
        var bare = SourceTree.Files("src")
            .SelectMany(f => File.ReadLines(f).Select((line, i) => (Line: line, Where: $"{SourceTree.Relative(f)}:{i + 1}")))
            .Where(l => l.Line.Contains("#pragma warning disable", StringComparison.Ordinal) && !l.Line.Contains("//", StringComparison.Ordinal))
            .Select(l => l.Where);
        Assert.Empty(bare);
    }

    [Fact]
    public void Versions_stand_in_one_file_each_with_its_reason()
    {
        var central = File.ReadAllLines(Path.Combine(RepositoryPaths.Root, "Directory.Packages.props"));
        var unexplained = central
            .Select((line, i) => (Line: line, Before: i > 0 ? central[i - 1] : ""))
            .Where(l => l.Line.Contains("<PackageVersion", StringComparison.Ordinal))
            .Where(l => !l.Before.Contains("-->", StringComparison.Ordinal) && !l.Before.Contains("<PackageVersion", StringComparison.Ordinal));
        Assert.Empty(unexplained);
        var elsewhere = SourceTree.Files(".", "*.csproj").Where(f => Regex.IsMatch(File.ReadAllText(f), @"<PackageReference[^>]*\bVersion="));
        Assert.Empty(elsewhere);
    }
}
