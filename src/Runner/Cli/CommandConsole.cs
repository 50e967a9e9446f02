namespace LoadTesting.Runner.Cli;

/// <summary>The streams of a command and what they are connected to.</summary>
/// <param name="Output">Results.</param>
/// <param name="Error">Problems and notes.</param>
internal sealed record CommandConsole(TextWriter Output, TextWriter Error)
{
    /// <summary>Whether a person looks at the output. CI systems and pipes get plain lines.</summary>
    public bool IsTerminal { get; } = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>Whether the output may be coloured (https://no-color.org).</summary>
    public bool Colours => IsTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
}
