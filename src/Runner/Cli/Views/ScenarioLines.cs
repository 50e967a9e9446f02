using System.Globalization;
using LoadTesting.Model.Reporting;
using Spectre.Console;

namespace LoadTesting.Runner.Cli.Views;

/// <summary>The scenarios' lines of the live view, each on one line of the terminal: long names and then the bars give way.</summary>
internal static class ScenarioLines
{
    private const int WideBar = 24;
    private const int NarrowBar = 10;
    private const int ShortestName = 8;

    /// <summary>The lines as markup.</summary>
    /// <param name="scenarios">In the order of the manifest.</param>
    /// <param name="width">Columns of the terminal.</param>
    public static IEnumerable<string> Of(IReadOnlyList<ScenarioFrame> scenarios, int width)
    {
        var rows = scenarios.Select(s => (
            Scenario: s,
            Name: PrintableText.OneLine(s.Name),
            Users: string.Create(CultureInfo.InvariantCulture, $"{s.Vus}/{s.MaxVus} VUs"),
            Iterations: string.Create(CultureInfo.InvariantCulture, $"{s.Iterations} iterations"),
            Dropped: s.Dropped > 0 ? string.Create(CultureInfo.InvariantCulture, $" {s.Dropped} dropped") : "")).ToList();
        if (rows.Count == 0)
        {
            yield break;
        }

        var longest = rows.Max(r => r.Name.Length);
        var users = rows.Max(r => r.Users.Length);
        // Between the columns are four blanks, and 100% takes four columns.
        var rest = users + rows.Max(r => r.Iterations.Length + r.Dropped.Length) + 4 + 4;
        var bar = longest + WideBar + rest < width ? WideBar : NarrowBar;
        var name = Math.Clamp(width - 1 - rest - bar, ShortestName, Math.Max(ShortestName, longest));
        foreach (var row in rows)
        {
            var fraction = Math.Clamp(row.Scenario.Fraction, 0, 1);
            var done = (int)Math.Round(fraction * bar);
            // Two characters: without colours one alone would look full from the beginning.
            yield return $"[bold]{Markup.Escape(Shorten(row.Name, name).PadRight(name))}[/] [green]{new string('━', done)}[/][grey]{new string('─', bar - done)}[/] "
                + string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(fraction * 100),3:0}% {row.Users.PadLeft(users)} {row.Iterations}")
                + $"[yellow]{row.Dropped}[/]";
        }
    }

    // Names that begin alike end differently: the middle is left out.
    private static string Shorten(string name, int longest) => name.Length <= longest ? name : $"{name[..((longest - 1) / 2)]}…{name[^(longest / 2)..]}";
}
