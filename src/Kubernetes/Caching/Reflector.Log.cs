using Microsoft.Extensions.Logging;

namespace LoadTesting.Kubernetes.Caching;

public sealed partial class Reflector<T>
{
    [LoggerMessage(1111, LogLevel.Debug, "Listed {Count} {Resource} at version {Version}")]
    private partial void LogListed(string resource, int count, string version);

    [LoggerMessage(1112, LogLevel.Warning, "Cannot list {Resource}; trying again")]
    private partial void LogListFailed(Exception error, string resource);

    [LoggerMessage(1113, LogLevel.Information, "Watch of {Resource} broke; trying again")]
    private partial void LogWatchFailed(Exception error, string resource);

    [LoggerMessage(1114, LogLevel.Information, "The server ended the watch of {Resource}: {Error}")]
    private partial void LogWatchError(string resource, string error);

    [LoggerMessage(1115, LogLevel.Warning, "Watch of {Resource} is out of order: version {Version} after {Previous}; listing anew")]
    private partial void LogDisorder(string resource, string version, string previous);

    [LoggerMessage(1116, LogLevel.Warning, "Watch of {Resource} said nothing for {Silence}; resuming")]
    private partial void LogSilent(string resource, TimeSpan silence);

    [LoggerMessage(1117, LogLevel.Debug, "Stopped following {Resource}")]
    private partial void LogStopped(string resource);
}
