namespace LoadTesting.Runner.Http;

/// <summary>Senders on the platform's own HTTP stack: every platform, HTTP/1.1 and HTTP/2.</summary>
public sealed class SocketsHttpSenderFactory : ISenderFactory
{
    private readonly HttpSettings _settings;
    private readonly MonotonicClock _clock;
    private readonly AddressBook _addresses;

    /// <summary>Senders of one test.</summary>
    public SocketsHttpSenderFactory(HttpSettings settings, TimeProvider time)
    {
        (_settings, _clock, _addresses) = (settings, new MonotonicClock(time), new AddressBook(settings.Network, time));
    }

    /// <inheritdoc/>
    public IRequestSender Create(int user, long vu) => new SocketsHttpSender(_settings, _clock, _addresses, _addresses.LocalAddress(vu));

    /// <inheritdoc/>
    public Task ResolveAsync(Uri target, CancellationToken cancellation) => _addresses.TryResolveAsync(target, cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;
}
