using System.Text.RegularExpressions;
using LoadTesting.TestKit;

namespace LoadTesting.Suites.Tests.Coverage;

/// <summary>Which examples and tests say that they exercise a row.</summary>
public static class Annotations
{
    private static readonly Regex Trait = new(
        @"\[Trait\(""covers"", ""(?<ids>[^""]+)""\)\](?:\s*\[[^\n]+\])*\s*public (?:static )?(?:async )?(?:Task|void) (?<method>\w+)\(", RegexOptions.CultureInvariant);

    /// <summary>Examples: from the lines <c># covers: ID ID …</c>.</summary>
    public static IEnumerable<(string Id, string Where)> OfExamples() =>
        from file in Suite.Examples()
        from line in File.ReadLines(Path.Combine(Suite.Folder, file))
        where line.StartsWith("# covers:", StringComparison.Ordinal)
        from id in line["# covers:".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)
        select (id, $"[{file}](../examples/{file})");

    /// <summary>Tests: from traits <c>covers</c>.</summary>
    public static IEnumerable<(string Id, string Where)> OfTests() =>
        from file in Directory.GetFiles(Path.Combine(RepositoryPaths.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        where !file.Contains("/obj/", StringComparison.Ordinal)
        from match in Trait.Matches(File.ReadAllText(file))
        from id in match.Groups["ids"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        select (id, $"`{Path.GetFileNameWithoutExtension(file)}.{match.Groups["method"].Value}`");

    /// <summary>Both, by row.</summary>
    public static ILookup<string, string> ByRow() => OfExamples().Concat(OfTests()).ToLookup(a => a.Id, a => a.Where);
}
