using System.Globalization;
using System.Text;
using LoadTesting.Model.Reporting;
using LoadTesting.Model.Validation;

namespace LoadTesting.Runner.Cli.Manifests;

/// <summary>
/// Prints problems as compilers do, one after the other by position:
/// <code>
/// load.yaml:12:7: spec.scenarios.load.duratoin: 'spec.scenarios.load' has no field 'duratoin'; … (got "duratoin") [unknown-field] did you mean "duration"?
///   12 |       duratoin: 30s
///      |       ^
/// </code>
/// </summary>
public static class ProblemPrinter
{
    private const int LongestValue = 80;
    private const int LongestLine = 160;

    /// <summary>All problems as text; empty for none.</summary>
    public static string Print(ManifestSource source, IEnumerable<Problem> problems)
    {
        var text = new StringBuilder();
        foreach (var problem in problems.OrderBy(p => p.Position.Line).ThenBy(p => p.Position.Column).ThenBy(p => p.Path, StringComparer.Ordinal))
        {
            Append(text, source, problem);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, ManifestSource source, Problem problem)
    {
        var line = problem.Position.Line > 0 ? source.Line(problem.Position.Line) : null;
        var column = line is null ? problem.Position.Column : Column(line, problem);
        // What an option of the command line is about does not stand in the file.
        text.Append(problem.Path.StartsWith('-') ? "loadtest" : PrintableText.OneLine(source.Name));
        if (problem.Position.Line > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $":{problem.Position.Line}:{column}");
        }

        text.Append(": ");
        if (problem.IsWarning)
        {
            text.Append("warning: ");
        }

        if (problem.Path.Length > 0)
        {
            text.Append(PrintableText.OneLine(problem.Path)).Append(": ");
        }

        text.Append(PrintableText.OneLine(problem.Message));
        if (problem.Value is { } value && !problem.Message.Contains($"'{value}'", StringComparison.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $" (got \"{Shorten(PrintableText.OneLine(value), LongestValue)}\")");
        }

        text.Append(CultureInfo.InvariantCulture, $" [{problem.Rule}]");
        if (problem.Suggestion is { } suggestion)
        {
            text.Append(CultureInfo.InvariantCulture, $" did you mean {(suggestion.StartsWith('"') ? suggestion : $"\"{PrintableText.OneLine(suggestion)}\"")}?");
        }

        text.Append('\n');
        if (line is not null)
        {
            AppendLine(text, line, problem.Position.Line, column);
        }
    }

    private static void AppendLine(StringBuilder text, string line, int number, int column)
    {
        // A long line is shown from a little before the place.
        var start = column <= LongestLine - 20 ? 0 : column - 40;
        var shown = PrintableText.OneLine(line[Math.Min(start, line.Length)..]);
        shown = Shorten(shown, LongestLine);
        text.Append(CultureInfo.InvariantCulture, $"{number,5} | {shown}\n");
        text.Append(CultureInfo.InvariantCulture, $"      | {new string(' ', Math.Max(0, column - 1 - start))}^\n");
    }

    /// <summary>
    /// The place within an expression, where its text stands on the line as it is (not folded, not escaped); else the value's beginning.
    /// </summary>
    private static int Column(string line, Problem problem)
    {
        var column = Math.Clamp(problem.Position.Column, 1, line.Length + 1);
        if (problem is not { Offset: { } offset, Value: { Length: > 0 } value } || offset > value.Length)
        {
            return column;
        }

        foreach (var quote in new[] { 0, 1 })
        {
            var start = column - 1 + quote;
            if (string.CompareOrdinal(line, start, value, 0, value.Length) == 0 && start + value.Length <= line.Length)
            {
                return start + offset + 1;
            }
        }

        return column;
    }

    private static string Shorten(string text, int longest) => text.Length <= longest ? text : $"{text[..longest]}…";
}
