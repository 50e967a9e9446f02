using System.Net;
using LoadTesting.Runner.Http.Proxies;

namespace LoadTesting.Runner.Http;

/// <summary>One virtual user's exchanges over <see cref="SocketsHttpHandler"/>: a handler, and so a connection pool, of its own.</summary>
internal sealed class SocketsHttpSender : IRequestSender
{
    private readonly HttpSettings _settings;
    private readonly MonotonicClock _clock;
    private readonly AddressBook _addresses;
    private readonly IPAddress? _local;
    private readonly ExchangeTrace _trace;
    private readonly ConnectionOpener _opener;
    private readonly Exchange _exchange = new();
    private readonly BodySink _body = new();
    private HttpMessageInvoker _invoker;
    private CancellationTokenSource _abort;
    private HttpResponseMessage? _last;

    // Whether the last answer leaves its connection unfit for another request, whatever the platform thinks of it.
    private bool _mustRenew;

    public SocketsHttpSender(HttpSettings settings, MonotonicClock clock, AddressBook addresses, IPAddress? local)
    {
        (_settings, _clock, _addresses, _local) = (settings, clock, addresses, local);
        _trace = new ExchangeTrace(clock);
        _opener = new ConnectionOpener(settings, addresses, local, clock, _trace);
        _abort = NewAbort();
        _invoker = NewInvoker();
    }

    public IRequestSender Another() => new SocketsHttpSender(_settings, _clock, _addresses, _local);

    public async ValueTask<Exchange> SendAsync(PreparedRequest request, CancellationToken interrupt)
    {
        var started = _clock.Now;
        _exchange.Reset(started);
        _body.Begin(request.KeepBodyBytes);
        _trace.Begin(started, hasBody: request.Body is { Length: > 0 });
        _last?.Dispose();
        _last = null;
        var left = request.Deadline - started;
        if (left <= 0) return Fail(TransportError.Timeout, TransportErrors.Text(TransportError.Timeout));

        // Rounded up to the timer's resolution: a request is not given up before its time.
        _abort.CancelAfter(TimeSpan.FromMilliseconds((left + 999_999) / 1_000_000));
        try
        {
            using var registration = interrupt.UnsafeRegister(static abort => ((CancellationTokenSource)abort!).Cancel(), _abort);
            await ExchangeAsync(request, isAgain: false, _abort.Token);
        }
        catch (Exception e)
        {
            // Whatever the platform throws is the fate of one exchange, never of the run.
            if (interrupt.IsCancellationRequested) _exchange.Outcome = ExchangeOutcome.Interrupted;
            else if (_abort.IsCancellationRequested) Fail(TransportError.Timeout, TransportErrors.Text(TransportError.Timeout));
            else if (_trace.ConnectError != TransportError.None) Fail(_trace.ConnectError, Proxy.Via(_settings.Proxies?.For(request.Url), ErrorClassifier.Text(e)));
            else FailBy(e);
        }
        finally
        {
            _opener.Current = null;
        }

        Finish();
        return _exchange;
    }

    public void CloseConnections()
    {
        _last?.Dispose();
        _last = null;
        Renew();
    }

    public TransferredBytes TakeTransferred() => _trace.TakeTransferred();

    public ValueTask DisposeAsync()
    {
        _last?.Dispose();
        _invoker.Dispose();
        _abort.Dispose();
        _body.Release();
        return default;
    }

    private void Renew()
    {
        _mustRenew = false;
        _invoker.Dispose();
        _invoker = NewInvoker();
    }

    private HttpMessageInvoker NewInvoker() => new(
        new SocketsHttpHandler
        {
            UseCookies = false,
            UseProxy = _settings.Proxies is not null,
            Proxy = _settings.Proxies is { } proxies ? new PlatformProxy(proxies) : null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = Wire.ResponseReader.LongestHead / 1024,
            ConnectTimeout = _settings.ConnectTimeout.ToTimeSpan(),
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            // Saying "close" does not keep the platform from using a connection again that the server leaves open; having no lifetime does.
            PooledConnectionLifetime = !_settings.KeepAlive ? TimeSpan.Zero : _settings.MaxConnectionAge?.ToTimeSpan() ?? Timeout.InfiniteTimeSpan,
            ConnectCallback = _opener.OpenAsync,
            PlaintextStreamFilter = (context, _) => _opener.FilterAsync(context),
            RequestHeaderEncodingSelector = static (_, _) => WireText.Encoding,
            ResponseHeaderEncodingSelector = static (_, _) => WireText.Encoding,
            // An abandoned body is not read on in the background: its octets would count in a later iteration.
            MaxResponseDrainSize = 0,
            ResponseDrainTimeout = TimeSpan.Zero,
            // No headers that the manifest did not ask for.
            ActivityHeadersPropagator = null,
        },
        disposeHandler: true);

    private async Task ExchangeAsync(PreparedRequest request, bool isAgain, CancellationToken cancellation)
    {
        try
        {
            using var message = Message(request);
            _opener.Current = message;
            _last = await _invoker.SendAsync(message, cancellation);
            if (_last.Version.Major >= 2) _trace.HeadersReceived();
            var problem = BodyFraming.Check(_last, request.Method, out var framing);
            _mustRenew |= problem is not null || framing.IsAmbiguous;
            if (problem is not null)
            {
                Fail(TransportError.MalformedResponse, problem);
                return;
            }

            await _last.Content.CopyToAsync(_body, cancellation);
            _exchange.EndedAt = _clock.Now;

            // A goodbye of TLS ends the reading before the end of TCP is read.
            if (framing.IsUntilClose && _last.Version.Major < 2 && BodyFraming.HasBody(request.Method == HttpMethod.Head, (int)_last.StatusCode) &&
                _trace.EndedBy == TransportError.UnexpectedEnd && IsSecure(request.Url))
            {
                Fail(TransportError.UnexpectedEnd, BodyFraming.NoClosure);
                return;
            }
        }
        catch (Exception e) when (!isAgain && !cancellation.IsCancellationRequested && IsToBeSentAgain(request, e))
        {
            _trace.Again();
            await ExchangeAsync(request, isAgain: true, cancellation);
            return;
        }

        Take(request, _last);
    }

    private bool IsSecure(Uri url) => url.Scheme == Uri.UriSchemeHttps || _settings.Proxies?.For(url) is { Kind: ProxyKind.Https };

    // The platform repeats by itself what a server of HTTP/2 says that it has not looked at, but not what finds the connection closed by then: for that it
    // has the server's last words as the error, and has sent nothing. Errors of one stream, or of what the server speaks, are no ends of a connection that
    // was idle for too long.
    private bool IsToBeSentAgain(PreparedRequest request, Exception e) =>
        _trace.ConnectError == TransportError.None && (!_trace.HasSent || (_trace.EndedBy != TransportError.None && !ErrorClassifier.IsProtocolError(e))) &&
        Resending.IsSafe(request, _trace.IsReused, _trace.HasSent, _trace.HasReceived);

    private void Take(PreparedRequest request, HttpResponseMessage response)
    {
        _exchange.Headers = new SocketsResponseHeaders(response);
        _exchange.BodyBytes = _body.Octets;
        if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
        {
            Fail(TransportError.Generic, "unsupported response status: 101");
            return;
        }

        if (request.KeepBodyBytes > 0 && KeepBody(request.KeepBodyBytes) is { } problem)
        {
            Fail(TransportError.Decompression, problem);
            return;
        }

        _exchange.Outcome = ExchangeOutcome.Response;
        _exchange.Status = (int)response.StatusCode;
        _exchange.Protocol = response.Version.Major >= 2 ? "HTTP/2.0" : response.Version.Minor == 0 ? "HTTP/1.0" : "HTTP/1.1";
        _exchange.TlsVersion = _opener.TlsVersion(request.Url);
    }

    // Null, or why it cannot be decoded.
    private string? KeepBody(long limit)
    {
        var problem = ContentDecoder.Decode(_exchange.Headers.Values("Content-Encoding"), _body.Kept, !_body.IsTruncated, limit, out var decoded, out var truncated);
        if (problem is null) (_exchange.Body, _exchange.IsTruncated) = (decoded, truncated);
        return problem;
    }

    private HttpRequestMessage Message(PreparedRequest request)
    {
        var isUnasked = _settings.H2c && request.Url.Scheme == Uri.UriSchemeHttp;
        var message = new HttpRequestMessage(request.Method, request.Url)
        {
            Version = _settings.Http2 || isUnasked ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = _settings.Http2 && !isUnasked ? HttpVersionPolicy.RequestVersionOrLower : HttpVersionPolicy.RequestVersionExact,
        };
        if (request.Body is { } body) message.Content = new SocketsBody(body, _trace);
        foreach (var (name, value) in request.Headers)
        {
            if (message.Headers.TryAddWithoutValidation(name, value)) continue;

            // A field about the body: the platform sends those with a body only, so a request without one gets one of length 0.
            message.Content ??= new SocketsBody(default, _trace);
            message.Content.Headers.TryAddWithoutValidation(name, value);
        }

        if (!_settings.KeepAlive) message.Headers.ConnectionClose = true;
        if (_settings.Proxies?.For(request.Url) is { Authorization: { } credentials } proxy && !proxy.Tunnels(request.Url))
        {
            message.Headers.TryAddWithoutValidation("Proxy-Authorization", credentials);
        }

        return message;
    }

    // The platform may stumble over a connection of which it has not been told yet that it ended, or say of its end no more than that it came; what is written after
    // a reset finds a broken pipe.
    private void FailBy(Exception e)
    {
        var error = ErrorClassifier.OfExchange(e);
        if ((error == TransportError.Generic && _trace.EndedBy != TransportError.None) || (error == TransportError.BrokenPipe && _trace.EndedBy == TransportError.ConnectionReset)) Fail(_trace.EndedBy, TransportErrors.Text(_trace.EndedBy));
        else Fail(error, ErrorClassifier.Text(e));
    }

    private Exchange Fail(TransportError error, string text)
    {
        (_exchange.Outcome, _exchange.Error, _exchange.ErrorText) = (ExchangeOutcome.Failed, error, text);
        return _exchange;
    }

    private void Finish()
    {
        if (_exchange.Outcome != ExchangeOutcome.Response)
        {
            _exchange.EndedAt = _clock.Now;

            // A body that was not read has its connection until it is disposed.
            _last?.Dispose();
            _last = null;
        }

        _exchange.Timings = _trace.Finish(_exchange.EndedAt);
        if (_mustRenew || _trace.IsUnwritten) Renew();
        if (!_abort.TryReset())
        {
            _abort.Dispose();
            _abort = NewAbort();
        }
    }

    private CancellationTokenSource NewAbort() => new(Timeout.InfiniteTimeSpan, _clock.Time);
}
