using System.Runtime.CompilerServices;

namespace LoadTesting.Runner.Http;

/// <summary>What a browser adds to its connections: a cookie jar, and following redirects hop by hop. One per virtual user.</summary>
public sealed class HttpSession : IAsyncDisposable
{
    private readonly IRequestSender _sender;
    private readonly CookieJar? _jar;

    /// <summary>A session over a sender that it owns.</summary>
    public HttpSession(IRequestSender sender, bool keepsCookies)
    {
        (_sender, _jar) = (sender, keepsCookies ? new CookieJar() : null);
    }

    /// <summary>Empties the cookie jar, as k6 does at the start of each iteration.</summary>
    public void ForgetCookies() => _jar?.Clear();

    /// <inheritdoc cref="IRequestSender.TakeTransferred"/>
    public TransferredBytes TakeTransferred() => _sender.TakeTransferred();

    /// <summary>Sends and follows at most so many redirects; the answer at the limit is the result, not an error.</summary>
    /// <returns>The last exchange; valid until the next call.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Exchange> SendAsync(PreparedRequest request, int redirects, IHopObserver observer, CancellationToken interrupt)
    {
        for (var hop = 0; ; hop++)
        {
            var exchange = await _sender.SendAsync(WithCookies(request), interrupt);
            if (exchange.Outcome == ExchangeOutcome.Interrupted) return exchange;
            _jar?.Store(request.Url, exchange.Headers.Values("Set-Cookie"));
            observer.OnHop(request, hop, exchange);
            if (hop >= redirects || Redirects.Next(request, exchange) is not { } next) return exchange;
            request = next;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _sender.DisposeAsync();

    private PreparedRequest WithCookies(PreparedRequest request)
    {
        if (_jar?.HeaderFor(request.Url) is not { Length: > 0 } cookies) return request;
        var headers = new List<KeyValuePair<string, string>>(request.Headers.Count + 1);
        foreach (var field in request.Headers)
        {
            if (field.Key.Equals("Cookie", StringComparison.OrdinalIgnoreCase)) cookies = $"{field.Value}; {cookies}";
            else headers.Add(field);
        }

        headers.Add(new("Cookie", cookies));
        return new PreparedRequest
        {
            Method = request.Method,
            Url = request.Url,
            Headers = headers,
            Body = request.Body,
            Deadline = request.Deadline,
            KeepBodyBytes = request.KeepBodyBytes,
            KeepsHeaders = request.KeepsHeaders,
        };
    }
}
