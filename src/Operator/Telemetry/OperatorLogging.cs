using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace LoadTesting.Operator.Telemetry;

/// <summary>How log lines look.</summary>
public enum LogFormat
{
    /// <summary>One JSON object a line: Timestamp (UTC), LogLevel, Category, EventId, Message, State (the message's values by name), Exception, Scopes.</summary>
    Json,

    /// <summary>One line for people.</summary>
    Text,
}

/// <summary>The operator's logs: standard output, one line an event, UTC.</summary>
public static class OperatorLogging
{
    // ISO 8601 with milliseconds; sorts as text.
    private const string Timestamp = "yyyy-MM-ddTHH:mm:ss.fffZ";

    /// <summary>A factory whose disposal writes what is still queued.</summary>
    /// <param name="format">How lines look.</param>
    /// <param name="minimum">Lowest level written.</param>
    public static ILoggerFactory Create(LogFormat format, LogLevel minimum = LogLevel.Information) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(minimum);
        if (format == LogFormat.Json)
        {
            builder.AddJsonConsole(options =>
            {
                options.TimestampFormat = Timestamp;
                options.UseUtcTimestamp = true;
                options.IncludeScopes = true;
            });
        }
        else
        {
            builder.AddConsole(options => options.FormatterName = LineFormatter.FormatName);
            builder.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>(options =>
            {
                options.TimestampFormat = Timestamp;
                options.UseUtcTimestamp = true;
            });
        }
    });
}
