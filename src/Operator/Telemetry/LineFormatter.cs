using LoadTesting.Model.Reporting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace LoadTesting.Operator.Telemetry;

/// <summary>
/// One line an event, as <c>TIME level: category[id] message exception</c>. Names, answers and exceptions come from outside: whatever stands in them, they can
/// neither begin a line of their own nor steer the terminal that shows the log.
/// </summary>
/// <param name="options">How the time is written.</param>
internal sealed class LineFormatter(IOptionsMonitor<ConsoleFormatterOptions> options) : ConsoleFormatter(FormatName)
{
    /// <summary>What it is registered as.</summary>
    public const string FormatName = "line";

    // A log is read by people and kept by machines that cut lines at 16 KiB.
    private const int LongestMessage = 8 * 1024;
    private const int LongestException = 8 * 1024;

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception) ?? "";
        var time = TimeProvider.System.GetUtcNow().ToString(options.CurrentValue.TimestampFormat, System.Globalization.CultureInfo.InvariantCulture);
        textWriter.Write($"{time} {Level(logEntry.LogLevel)}: {logEntry.Category}[{logEntry.EventId.Id}] {PrintableText.Bounded(message, LongestMessage)}");
        if (logEntry.Exception is { } exception) textWriter.Write(" " + PrintableText.Bounded(exception.ToString().ReplaceLineEndings(" "), LongestException));
        textWriter.Write('\n');
    }

    private static string Level(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
