using Microsoft.Extensions.Logging;

namespace LoadTesting.Kubernetes.Control;

public sealed partial class ControllerManager
{
    [LoggerMessage(1231, LogLevel.Information, "Stopping")]
    private partial void LogStopping();

    [LoggerMessage(1232, LogLevel.Error, "Parts of the process did not end within {Grace}")]
    private partial void LogNotStopped(TimeSpan grace);
}
