using LoadTesting.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Kubernetes.Control;

public sealed partial class Controller
{
    [LoggerMessage(1201, LogLevel.Information, "Controller {Controller} started with {Workers} workers")]
    private partial void LogStarted(string controller, int workers);

    [LoggerMessage(1202, LogLevel.Debug, "Controller {Controller} stopped before its caches were filled")]
    private partial void LogStopped(string controller);

    [LoggerMessage(1203, LogLevel.Error, "{Controller}: pass over {Name} failed, {Failures} in a row; trying again")]
    private partial void LogFailed(Exception error, string controller, NamespacedName name, int failures);

    [LoggerMessage(1204, LogLevel.Error, "{Controller}: pass over {Name} failed for good")]
    private partial void LogTerminal(Exception error, string controller, NamespacedName name);

    [LoggerMessage(1205, LogLevel.Debug, "{Controller}: pass over {Name} was interrupted by the end of the process")]
    private partial void LogInterrupted(string controller, NamespacedName name);
}
