using System.Text;
using Spectre.Console;

namespace LoadTesting.Runner.Cli.Views;

/// <summary>Standard output as a terminal that is drawn on; its size is asked for each time, because people resize windows.</summary>
internal sealed class TerminalOutput(TextWriter writer) : IAnsiConsoleOutput
{
    // What a terminal has that does not tell.
    private const int UsualWidth = 80;
    private const int UsualHeight = 24;

    public TextWriter Writer => writer;

    public bool IsTerminal => true;

    public int Width => Size(static () => Console.WindowWidth, UsualWidth);

    public int Height => Size(static () => Console.WindowHeight, UsualHeight);

    /// <summary>A console that draws here.</summary>
    /// <param name="console">The command's streams.</param>
    public static IAnsiConsole Create(CommandConsole console) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = AnsiSupport.Yes,
        Interactive = InteractionSupport.Yes,
        ColorSystem = console.Colours ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        Out = new TerminalOutput(console.RawOutput),
    });

    public void SetEncoding(Encoding encoding)
    {
        // The process' streams have theirs.
    }

    private static int Size(Func<int> ask, int usual)
    {
        try
        {
            return ask() is > 0 and var size ? size : usual;
        }
        catch (IOException)
        {
            return usual;
        }
    }
}
