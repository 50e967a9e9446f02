using LoadTesting.Runner.Cli.Views;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Runner.Cli;

/// <summary>What the engine has to say (each thing once) as notes of the view.</summary>
internal sealed class NoteLogger(IRunView view) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            view.Note($"{(logLevel >= LogLevel.Error ? "error" : "warning")}: {formatter(state, exception)}");
        }
    }
}
