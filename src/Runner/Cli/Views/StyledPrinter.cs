using LoadTesting.Model.Reporting;

namespace LoadTesting.Runner.Cli.Views;

/// <summary>Prints styled lines: with colours where the output is a terminal that wants them (NO_COLOR is honoured), else as plain text.</summary>
/// <param name="output">Takes terminal sequences.</param>
/// <param name="colours">Whether to colour.</param>
internal sealed class StyledPrinter(TextWriter output, bool colours)
{
    public void Print(IEnumerable<StyledLine> lines)
    {
        foreach (var line in lines)
        {
            Print(line);
        }
    }

    public void Print(StyledLine line)
    {
        foreach (var span in line.Spans)
        {
            var code = colours ? Code(span.Style) : null;
            var text = PrintableText.OneLine(span.Text);
            output.Write(code is null ? text : $"\e[{code}m{text}\e[0m");
        }

        output.WriteLine();
    }

    private static string? Code(SpanStyle style) => style switch
    {
        SpanStyle.Heading => "1",
        SpanStyle.Faint => "2",
        SpanStyle.Value => "36",
        SpanStyle.Detail => "2;36",
        SpanStyle.Good => "32",
        SpanStyle.Bad => "31",
        SpanStyle.Doubtful => "33",
        _ => null,
    };
}
