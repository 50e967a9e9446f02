using LoadTesting.Model.Reporting;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Runner.Cli;

/// <summary>Log lines for whoever reads a Pod's log. The platform's own console logger comes with configuration, services and a thread, all of which an agent would make before it is ready.</summary>
internal sealed class LineLogger(TextWriter output, string category) : ILogger
{
    private readonly TextWriter _output = TextWriter.Synchronized(output);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        // One line each, whatever is in it: readers of logs go by lines.
        var text = exception is null ? formatter(state, exception) : $"{formatter(state, exception)} {exception.ToString().ReplaceLineEndings(" ")}";
        _output.WriteLine($"{Level(logLevel)}: {category}[{eventId.Id}] {PrintableText.OneLine(text)}");
        _output.Flush();
    }

    private static string Level(LogLevel level) => level switch
    {
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
