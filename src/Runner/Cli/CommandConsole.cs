using System.CommandLine;

namespace LoadTesting.Runner.Cli;

/// <summary>The streams of a command and what they are connected to.</summary>
/// <param name="Output">Results for people.</param>
/// <param name="Error">Problems, notes and what <c>log</c> steps say.</param>
internal sealed record CommandConsole(TextWriter Output, TextWriter Error)
{
    private static readonly bool KnowsTerminals = Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>Whether a person looks at the output. CI systems and pipes get plain lines.</summary>
    public bool IsTerminal { get; private init; } = KnowsTerminals && !Console.IsOutputRedirected;

    /// <summary>Whether errors go to a terminal, which then is the same one: what moves there must be asked to make room for a line.</summary>
    public bool IsErrorTerminal { get; } = !Console.IsErrorRedirected;

    /// <summary>Whether the output may be coloured (https://no-color.org).</summary>
    public bool Colours => IsTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>The output for text with terminal sequences of our own.</summary>
    public TextWriter RawOutput => Output is OutputWriter writer ? writer.Raw : Output;

    /// <summary>The streams of an invocation.</summary>
    public static CommandConsole Of(InvocationConfiguration streams) => new(streams.Output, streams.Error);

    /// <summary>The same with everything for people on the error stream, without anything that moves: standard output belongs to a report.</summary>
    public CommandConsole WithoutOutput() => this with { Output = Error, IsTerminal = false };
}
