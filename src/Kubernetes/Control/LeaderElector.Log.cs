using LoadTesting.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Kubernetes.Control;

public sealed partial class LeaderElector
{
    [LoggerMessage(1211, LogLevel.Information, "{Identity} leads by lease {Lease}")]
    private partial void LogLeads(string identity, NamespacedName lease);

    [LoggerMessage(1212, LogLevel.Error, "{Identity} could not renew lease {Lease} in time and leads no more")]
    private partial void LogLost(string identity, NamespacedName lease);

    [LoggerMessage(1213, LogLevel.Information, "{Identity} released lease {Lease}")]
    private partial void LogReleased(string identity, NamespacedName lease);

    [LoggerMessage(1214, LogLevel.Warning, "Cannot read or write lease {Lease}")]
    private partial void LogAttemptFailed(Exception error, NamespacedName lease);
}
