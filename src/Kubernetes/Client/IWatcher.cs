using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Client;

/// <summary>Follows changes: one connection, no resumption; <c>Caching</c> builds on it.</summary>
public interface IWatcher
{
    /// <summary>
    /// Events until the server ends the stream in an orderly way. A stream that is cut ends with an <see cref="IOException"/> or
    /// <see cref="HttpRequestException"/>, a line that is not an event with an <see cref="InvalidDataException"/>.
    /// </summary>
    /// <exception cref="ApiException">The server refuses to begin.</exception>
    IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(ResourceType<T> type, WatchOptions options, CancellationToken cancellation = default)
        where T : class, IKubernetesObject;
}
