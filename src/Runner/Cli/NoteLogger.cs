using LoadTesting.Model.Reporting;
using LoadTesting.Runner.Cli.Views;
using LoadTesting.Runner.Engine;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Runner.Cli;

/// <summary>What the engine has to say (each thing once) as notes of the view, and what <c>log</c> steps say with the time of day.</summary>
internal sealed class NoteLogger(IRunView view, TimeProvider time) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var text = PrintableText.OneLine(formatter(state, exception), EngineLog.LongestText);
        if (eventId.Id is EngineLog.LogStepEvent or EngineLog.LeftOutEvent)
        {
            view.Log($"{time.GetLocalNow():HH:mm:ss.fff} {text}");
        }
        else if (logLevel >= LogLevel.Warning)
        {
            view.Note($"{(logLevel >= LogLevel.Error ? "error" : "warning")}: {text}");
        }
    }
}
