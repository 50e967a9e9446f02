namespace LoadTesting.Runner.Http;

/// <summary>Senders on the platform's own HTTP stack: every platform, HTTP/1.1 and HTTP/2.</summary>
public sealed class SocketsHttpSenderFactory : ISenderFactory
{
    private readonly HttpSettings _settings;
    private readonly MonotonicClock _clock;
    private readonly NameCache _names;

    /// <summary>Senders of one test.</summary>
    public SocketsHttpSenderFactory(HttpSettings settings, TimeProvider time)
    {
        (_settings, _clock, _names) = (settings, new MonotonicClock(time), new NameCache(time));
    }

    /// <inheritdoc/>
    public IRequestSender Create(int user) => new SocketsHttpSender(_settings, _clock, _names);

    /// <inheritdoc/>
    public Task ResolveAsync(Uri target, CancellationToken cancellation) => _names.TryResolveAsync(target, cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;
}
