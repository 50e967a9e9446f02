using LoadTesting.Runner.Http.Cookies;

namespace LoadTesting.Runner.Http;

/// <summary>
/// What a browser adds to its connections: a cookie jar, and following redirects hop by hop. One per virtual user. Most requests end with their first answer: who sends many of
/// them awaits <see cref="BeginAsync"/> itself, asks <see cref="IsOver"/>, and only then <see cref="GoOnAsync"/>, which spares each of them an async method.
/// </summary>
public sealed class HttpSession : IAsyncDisposable
{
    private readonly IRequestSender _sender;
    private readonly SessionRules _rules;
    private readonly TimeProvider _time;
    private CookieJar? _jar;
    private List<HttpSession>? _lanes;
    private Uri? _lastUrl;
    private PreparedRequest _request = null!;
    private IHopObserver _observer = null!;
    private string? _answer;
    private int _redirects;
    private int _hop;

    /// <summary>A session over a sender that it owns.</summary>
    /// <param name="sender">The sender; makes those of further lanes.</param>
    /// <param name="rules">What it keeps.</param>
    /// <param name="time">When cookies expire; null = the system's time.</param>
    public HttpSession(IRequestSender sender, SessionRules rules, TimeProvider? time = null)
    {
        (_sender, _rules, _time) = (sender, rules, time ?? TimeProvider.System);
    }

    /// <summary>
    /// The session itself for 0, else one beside it that shares its cookies and can send at the same time, over connections of its own. Made when it is asked for the
    /// first time; belongs to this session.
    /// </summary>
    public HttpSession Lane(int number)
    {
        if (number == 0) return this;
        if (_rules.KeepsCookies) Jar();
        _lanes ??= [];
        while (_lanes.Count < number) _lanes.Add(new HttpSession(_sender.Another(), _rules, _time) { _jar = _jar });
        return _lanes[number - 1];
    }

    /// <summary>The cookies that would be sent to the last URL again, and those that its answer sets: the jar may be switched off, or refuse them.</summary>
    public IEnumerable<(string Name, string Value)> Cookies(Exchange exchange)
    {
        foreach (var cookie in (_lastUrl is null ? null : _jar?.For(_lastUrl)) ?? []) yield return cookie;
        foreach (var field in exchange.Headers.Values("Set-Cookie"))
        {
            if (SetCookie.TryParse(field, out var cookie, out _)) yield return (cookie.Name, cookie.Value);
        }
    }

    /// <summary>An iteration is over: forgets what iterations do not share, cookies and perhaps connections.</summary>
    public void EndIteration()
    {
        if (_rules.ForgetsCookies) _jar?.Clear();
        if (!_rules.ClosesConnections) return;
        _sender.CloseConnections();
        foreach (var lane in _lanes ?? []) lane._sender.CloseConnections();
    }

    /// <inheritdoc cref="IRequestSender.TakeTransferred"/>
    public TransferredBytes TakeTransferred()
    {
        var sum = _sender.TakeTransferred();
        if (_lanes is null) return sum;
        foreach (var lane in _lanes)
        {
            var (sent, received) = lane.TakeTransferred();
            sum = new TransferredBytes(sum.Sent + sent, sum.Received + received);
        }

        return sum;
    }

    /// <summary>Sends and follows at most so many redirects; the answer at the limit is the result, not an error.</summary>
    /// <returns>The last exchange; valid until the next call.</returns>
    public async ValueTask<Exchange> SendAsync(PreparedRequest request, int redirects, IHopObserver observer, CancellationToken interrupt)
    {
        var exchange = await BeginAsync(request, redirects, observer, interrupt);
        return IsOver(exchange) ? exchange : await GoOnAsync(exchange, interrupt);
    }

    /// <summary>Sends a request, no more; see <see cref="SendAsync"/>.</summary>
    /// <returns>The first exchange, for <see cref="IsOver"/>.</returns>
    public ValueTask<Exchange> BeginAsync(PreparedRequest request, int redirects, IHopObserver observer, CancellationToken interrupt)
    {
        (_request, _redirects, _observer, _hop) = (request, redirects, observer, 0);
        return HopAsync(interrupt);
    }

    /// <summary>Keeps the cookies of an exchange and tells the observer; to be called once with each.</summary>
    /// <returns>Whether it is the last one; else <see cref="GoOnAsync"/> sends what it asks for.</returns>
    public bool IsOver(Exchange exchange)
    {
        _answer = null;
        if (exchange.Outcome == ExchangeOutcome.Interrupted) return true;
        Keep(exchange.Headers.Values("Set-Cookie"));
        if (_request.Digest is not null) _answer = DigestAuthentication.Answer(_request, exchange);
        _observer.OnHop(_request, _hop, exchange, _answer is not null);
        return _answer is null && !Redirects(exchange);
    }

    /// <summary>Goes on after an exchange that was not the last.</summary>
    /// <returns>The last exchange; valid until the next call.</returns>
    public async ValueTask<Exchange> GoOnAsync(Exchange exchange, CancellationToken interrupt)
    {
        do
        {
            if (_answer is { } answer)
            {
                exchange = await AnswerAsync(answer, interrupt);
                if (exchange.Outcome == ExchangeOutcome.Interrupted || !Redirects(exchange)) return exchange;
            }

            exchange = await HopAsync(interrupt);
        }
        while (!IsOver(exchange));
        return exchange;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _sender.DisposeAsync();
        foreach (var lane in _lanes ?? []) await lane.DisposeAsync();
    }

    // The request's own come first, and in place of those of the same name in the jar.
    private static string Join(string own, string jar)
    {
        var names = own.Split(';').Select(NameOf).ToHashSet(StringComparer.Ordinal);
        return string.Join("; ", jar.Split(';').Where(c => !names.Contains(NameOf(c))).Select(c => c.Trim()).Prepend(own));

        static string NameOf(string cookie) => cookie.Split('=', 2)[0].Trim();
    }

    private ValueTask<Exchange> HopAsync(CancellationToken interrupt)
    {
        _lastUrl = _request.Url;
        return _sender.SendAsync(WithCookies(_request), interrupt);
    }

    // Whether there is another hop, which then is the request.
    private bool Redirects(Exchange exchange)
    {
        if (_hop >= _redirects || Http.Redirects.Next(_request, exchange) is not { } next) return false;

        // Another site is told no password, and none that was made for this one.
        next.Digest = next.Url.Authority == _request.Url.Authority ? _request.Digest : null;
        (_request, _hop) = (next, _hop + 1);
        return true;
    }

    // Sends the request again, with the answer to the server's challenge. What follows goes without it: it holds for no other request.
    private async ValueTask<Exchange> AnswerAsync(string answer, CancellationToken interrupt)
    {
        // The caller's object may be the same for its next request: it stays as it is.
        _request = Copy(_request, [.. _request.Headers.Where(h => !h.Key.Equals("Authorization", StringComparison.OrdinalIgnoreCase))]);
        var answered = Copy(_request, [.. _request.Headers, new("Authorization", answer)]);
        var exchange = await _sender.SendAsync(WithCookies(answered), interrupt);
        if (exchange.Outcome == ExchangeOutcome.Interrupted) return exchange;
        Keep(exchange.Headers.Values("Set-Cookie"));
        _observer.OnHop(answered, _hop, exchange, isChallenge: false);
        return exchange;
    }

    // Nearly always there are none, and who is never given any needs no jar.
    private void Keep(IReadOnlyList<string> cookies)
    {
        if (cookies.Count == 0 || !_rules.KeepsCookies) return;
        foreach (var field in cookies)
        {
            if (Jar().Store(_request.Url, field) is { } refusal) _observer.OnCookieRefused(_request, refusal);
        }
    }

    // One for all lanes, also where an answer on one of the platform's threads comes while the next lane is made.
    private CookieJar Jar() => _jar ?? Interlocked.CompareExchange(ref _jar, new CookieJar(_time), null) ?? _jar;

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
        FirstUrl = request.FirstUrl,
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
