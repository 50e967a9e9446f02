using LoadTesting.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Kubernetes.Caching;

public sealed partial class Informer<T>
{
    [LoggerMessage(1101, LogLevel.Error, "A handler of {Resource} failed on {Change} {Name}")]
    private partial void LogHandlerFailed(Exception error, string resource, ChangeType change, NamespacedName name);
}
