using System.Globalization;
using System.Text;
using LoadTesting.TestKit;

namespace LoadTesting.Suites.Tests.Coverage;

/// <summary>Writes <c>docs/coverage.md</c> from the rows and the annotations.</summary>
public static class CoverageDocument
{
    private static readonly Dictionary<string, string> Documents = new()
    {
        ["000"] = "Phase gates",
        ["001"] = "Flash sale",
        ["002"] = "Three services with objectives",
        ["003"] = "Chat platform",
        ["004"] = "Detection API",
    };

    /// <summary>Where this code and the rows are.</summary>
    public static string Folder => Path.Combine(RepositoryPaths.Root, "tests", "Suites.Tests", "Coverage");

    /// <summary>Where the document is.</summary>
    public static string Target => Path.Combine(RepositoryPaths.Root, "docs", "coverage.md");

    public static string Write()
    {
        var rows = CoverageRow.ReadAll();
        var annotations = Annotations.ByRow();
        var text = new StringBuilder(
            """
            # Coverage

            What the five suites of this project's first users consist of, item by item, and where each is exercised. Generated from the rows in
            `tests/Suites.Tests/Coverage/rows.txt`, the lines `# covers:` of the [examples](../examples/README.md) and the traits `covers` of tests; a test fails when this page is not up to date
            (`LOADTEST_UPDATE=1 dotnet test tests/Suites.Tests --filter Coverage` writes it), when a row is said to work and nothing exercises it, or when an example
            is executed by no test.


            """);
        text.Append("| suite | items | work | wait | need nothing |\n|---|---|---|---|---|\n");
        foreach (var document in rows.GroupBy(r => r.Document, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Documents[document.Key]} | {document.Count()} | {document.Count(r => r.Works)} | ");
            text.Append(CultureInfo.InvariantCulture, $"{document.Count(r => r.State.StartsWith("waits ", StringComparison.Ordinal))} | {document.Count(r => r.State == "prose")} |\n");
        }

        text.Append("\nWhat the waiting ones wait for:\n\n");
        foreach (var capability in rows.Where(r => r.State.StartsWith("waits ", StringComparison.Ordinal)).GroupBy(r => r.State[6..], StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"- {capability.Key}: {string.Join(", ", capability.Select(r => r.Id))}\n");
        }

        foreach (var document in rows.GroupBy(r => r.Document, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {Documents[document.Key]}\n\n| row | what | state | where |\n|---|---|---|---|\n");
            foreach (var row in document)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {row.Id} | {row.What} | {row.State} | {string.Join("<br>", annotations[row.Id].Distinct(StringComparer.Ordinal))} |\n");
            }
        }

        return text.ToString();
    }
}
