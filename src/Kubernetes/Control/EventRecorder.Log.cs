using Microsoft.Extensions.Logging;

namespace LoadTesting.Kubernetes.Control;

public sealed partial class EventRecorder
{
    [LoggerMessage(1221, LogLevel.Debug, "Event {Reason} of {Kind} {Name} suppressed: too many")]
    private partial void LogSuppressed(string reason, string? kind, string? name);

    [LoggerMessage(1222, LogLevel.Warning, "Event {Reason} of {Kind} {Name} could not be written: {Note}")]
    private partial void LogNotWritten(Exception error, string reason, string? kind, string? name, string note);
}
