using System.Runtime.CompilerServices;

namespace LoadTesting.Runner.Http;

/// <summary>What a browser adds to its connections: a cookie jar, and following redirects hop by hop. One per virtual user.</summary>
public sealed class HttpSession : IAsyncDisposable
{
    private readonly IRequestSender _sender;
    private readonly SessionRules _rules;
    private readonly CookieJar? _jar;
    private readonly Func<IRequestSender>? _more;
    private readonly List<HttpSession> _lanes = [];
    private Uri? _lastUrl;

    /// <summary>A session over a sender that it owns.</summary>
    /// <param name="sender">The sender.</param>
    /// <param name="rules">What it keeps.</param>
    /// <param name="more">Makes the senders of further lanes; null when the session has one lane only.</param>
    public HttpSession(IRequestSender sender, SessionRules rules, Func<IRequestSender>? more = null)
        : this(sender, rules, rules.KeepsCookies ? new CookieJar() : null, more)
    {
    }

    private HttpSession(IRequestSender sender, SessionRules rules, CookieJar? jar, Func<IRequestSender>? more)
    {
        (_sender, _rules, _jar, _more) = (sender, rules, jar, more);
    }

    /// <summary>
    /// The session itself for 0, else one beside it that shares its cookies and can send at the same time, over connections of its own. Made when it is asked for the
    /// first time; belongs to this session.
    /// </summary>
    public HttpSession Lane(int number)
    {
        if (number == 0) return this;
        while (_lanes.Count < number) _lanes.Add(new HttpSession((_more ?? throw new InvalidOperationException("the session has one lane only"))(), _rules, _jar, null));
        return _lanes[number - 1];
    }

    /// <summary>The cookies that would be sent to the last URL again, and those that its answer sets: the jar may be switched off, or refuse them.</summary>
    public IEnumerable<(string Name, string Value)> Cookies(Exchange exchange)
    {
        foreach (var cookie in (_lastUrl is null ? null : _jar?.For(_lastUrl)) ?? []) yield return cookie;
        foreach (var field in exchange.Headers.Values("Set-Cookie"))
        {
            var pair = field.Split(';', 2)[0].Split('=', 2);
            if (pair.Length == 2) yield return (pair[0].Trim(), pair[1].Trim());
        }
    }

    /// <summary>An iteration is over: forgets what iterations do not share, cookies and perhaps connections.</summary>
    public void EndIteration()
    {
        if (_rules.ForgetsCookies) _jar?.Clear();
        if (!_rules.ClosesConnections) return;
        _sender.CloseConnections();
        foreach (var lane in _lanes) lane._sender.CloseConnections();
    }

    /// <inheritdoc cref="IRequestSender.TakeTransferred"/>
    public TransferredBytes TakeTransferred()
    {
        var sum = _sender.TakeTransferred();
        foreach (var lane in _lanes)
        {
            var (sent, received) = lane.TakeTransferred();
            sum = new TransferredBytes(sum.Sent + sent, sum.Received + received);
        }

        return sum;
    }

    /// <summary>Sends and follows at most so many redirects; the answer at the limit is the result, not an error.</summary>
    /// <returns>The last exchange; valid until the next call.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Exchange> SendAsync(PreparedRequest request, int redirects, IHopObserver observer, CancellationToken interrupt)
    {
        for (var hop = 0; ; hop++)
        {
            _lastUrl = request.Url;
            var exchange = await _sender.SendAsync(WithCookies(request), interrupt);
            if (exchange.Outcome == ExchangeOutcome.Interrupted) return exchange;
            _jar?.Store(request.Url, exchange.Headers.Values("Set-Cookie"));
            var answer = request.Digest is null ? null : DigestAuthentication.Answer(request, exchange);
            observer.OnHop(request, hop, exchange, answer is not null);
            if (answer is not null)
            {
                (request, exchange) = await AnswerAsync(request, answer, hop, observer, interrupt);
                if (exchange.Outcome == ExchangeOutcome.Interrupted) return exchange;
            }

            if (hop >= redirects || Redirects.Next(request, exchange) is not { } next) return exchange;
            // Another site is told no password, and none that was made for this one.
            next.Digest = next.Url.Authority == request.Url.Authority ? request.Digest : null;
            request = next;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _sender.DisposeAsync();
        foreach (var lane in _lanes) await lane.DisposeAsync();
    }

    // The request's own come first, and in place of those of the same name in the jar.
    private static string Join(string own, string jar)
    {
        var names = own.Split(';').Select(NameOf).ToHashSet(StringComparer.Ordinal);
        return string.Join("; ", jar.Split(';').Where(c => !names.Contains(NameOf(c))).Select(c => c.Trim()).Prepend(own));

        static string NameOf(string cookie) => cookie.Split('=', 2)[0].Trim();
    }

    /// <summary>Sends a request again, with the answer to the server's challenge.</summary>
    /// <returns>The request without the answer, which holds for no other, and what came back.</returns>
    private async ValueTask<(PreparedRequest Request, Exchange Exchange)> AnswerAsync(PreparedRequest request, string answer, int hop, IHopObserver observer, CancellationToken interrupt)
    {
        // The caller's object may be the same for its next request: it stays as it is.
        var plain = Copy(request, [.. request.Headers.Where(h => !h.Key.Equals("Authorization", StringComparison.OrdinalIgnoreCase))]);
        var answered = Copy(plain, [.. plain.Headers, new("Authorization", answer)]);
        var exchange = await _sender.SendAsync(WithCookies(answered), interrupt);
        if (exchange.Outcome == ExchangeOutcome.Interrupted) return (plain, exchange);
        _jar?.Store(request.Url, exchange.Headers.Values("Set-Cookie"));
        observer.OnHop(answered, hop, exchange, isChallenge: false);
        return (plain, exchange);
    }

    private static PreparedRequest Copy(PreparedRequest request, IReadOnlyList<KeyValuePair<string, string>> headers) => new()
    {
        Method = request.Method,
        Url = request.Url,
        Headers = headers,
        Body = request.Body,
        Deadline = request.Deadline,
        KeepBodyBytes = request.KeepBodyBytes,
        KeepsHeaders = request.KeepsHeaders,
        Digest = request.Digest,
    };

    private PreparedRequest WithCookies(PreparedRequest request)
    {
        if (_jar?.HeaderFor(request.Url) is not { Length: > 0 } cookies) return request;
        var headers = new List<KeyValuePair<string, string>>(request.Headers.Count + 1);
        foreach (var field in request.Headers)
        {
            if (field.Key.Equals("Cookie", StringComparison.OrdinalIgnoreCase)) cookies = Join(field.Value, cookies);
            else headers.Add(field);
        }

        headers.Add(new("Cookie", cookies));
        return Copy(request, headers);
    }
}
