using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Tests.Http;

/// <summary>A sender and short hands for requests. Tests of behaviour go through here only, so that they run against every kind of sender.</summary>
internal sealed class SenderFixture : IAsyncDisposable
{
    private readonly MonotonicClock _clock = new(TimeProvider.System);
    private readonly ISenderFactory _factory;

    public SenderFixture(SenderKind kind, HttpSettings? settings = null)
    {
        _factory = SenderFactories.Create(settings ?? new HttpSettings(), TimeProvider.System, kind);
        Sender = _factory.Create(0, 1);
    }

    public IRequestSender Sender { get; }

    public PreparedRequest Request(
        Uri url, string method = "GET", ReadOnlyMemory<byte>? body = null, long keep = 1 << 20, double timeoutSeconds = 120, params (string Name, string Value)[] headers) => new()
    {
        Method = new HttpMethod(method),
        Url = url,
        Headers = [.. headers.Select(h => KeyValuePair.Create(h.Name, h.Value))],
        Body = body,
        Deadline = _clock.Now + (long)(timeoutSeconds * 1e9),
        KeepBodyBytes = keep,
    };

    public ValueTask<Exchange> GetAsync(Uri url, CancellationToken interrupt = default, double timeoutSeconds = 120, long keep = 1 << 20) =>
        Sender.SendAsync(Request(url, keep: keep, timeoutSeconds: timeoutSeconds), interrupt);

    public async ValueTask DisposeAsync()
    {
        await Sender.DisposeAsync();
        await _factory.DisposeAsync();
    }
}
