using System.Buffers;
using LoadTesting.Expressions;
using LoadTesting.Runner.Engine.Compilation;
using LoadTesting.Runner.Engine.Recording;
using LoadTesting.Runner.Engine.Timing;
using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Engine;

/// <summary>Makes requests, sends them one at a time over one session, and records what came back.</summary>
internal sealed class RequestRunner : IHopObserver
{
    // A body that needed more than this gives its buffer back.
    private const int LargestBufferToHold = 64 * 1024;

    private readonly HttpSession _session;
    private readonly VuActivation _activation;
    private readonly RecorderShard _shard;
    private readonly EngineClock _clock;
    private readonly IStepEvents _events;
    private Exchange? _unsent;
    private PreparedRequest? _prepared;
    private ArrayBufferWriter<byte>? _body;
    private CompiledScope _scope = null!;
    private CompiledRequest _request = null!;
    private long _lag;

    public RequestRunner(HttpSession session, VuActivation activation, RecorderShard shard, EngineClock clock, IStepEvents events)
    {
        (_session, _activation, _shard, _clock, _events) = (session, activation, shard, clock, events);
    }

    /// <summary>Where it sends.</summary>
    public HttpSession Session => _session;

    /// <summary>Evaluates everything that the request is made of; false, with the failure said, when an expression fails.</summary>
    /// <param name="step">The request.</param>
    /// <param name="parts">Valid until the next call, unless the body is copied.</param>
    public bool TryMake(CompiledRequest step, out RequestParts parts)
    {
        parts = default;
        var url = step.Url.Build(_activation, out var error);
        if (error is not null) return Fail(step, "url", "url", error);
        if (step.Headers.Build(_activation, out error) is not { } headers) return Fail(step, "headers", "headers", error!);
        if (!TryBody(step, out var body, out error)) return Fail(step, "body", step.BodyField, error!);
        if (url is { UserInfo.Length: > 0 }) headers = UrlCredentials.Authorize(headers, url);
        if (!TryDigest(step, out var digest, out error)) return Fail(step, "auth", "auth", error!);
        parts = new RequestParts(url, headers, body) { Digest = digest };
        return true;
    }

    /// <summary>Sends what was made, follows where it leads, and records every hop.</summary>
    /// <param name="scope">Where it runs.</param>
    /// <param name="step">The request.</param>
    /// <param name="parts">What <see cref="TryMake"/> gave.</param>
    /// <param name="lag">How late the iteration started, in nanoseconds.</param>
    /// <param name="interrupt">Ends at once.</param>
    /// <returns>Valid until the next call.</returns>
    public ValueTask<Exchange> SendAsync(CompiledScope scope, CompiledRequest step, in RequestParts parts, long lag, CancellationToken interrupt)
    {
        (_scope, _request, _lag) = (scope, step, lag);
        if (parts.Url is null) return new ValueTask<Exchange>(Unsent(step));
        return _session.SendAsync(Prepare(step, parts.Url, parts), step.Redirects, this, interrupt);
    }

    /// <summary>As <see cref="SendAsync"/>, the first hop alone. <see cref="IsOver"/> is to be asked of what comes back, and <see cref="GoOnAsync"/> to be called if it is not.</summary>
    public ValueTask<Exchange> BeginAsync(CompiledScope scope, CompiledRequest step, in RequestParts parts, long lag, CancellationToken interrupt)
    {
        (_scope, _request, _lag) = (scope, step, lag);
        if (parts.Url is null) return new ValueTask<Exchange>(Unsent(step));
        return _session.BeginAsync(Prepare(step, parts.Url, parts), step.Redirects, this, interrupt);
    }

    /// <inheritdoc cref="HttpSession.IsOver"/>
    public bool IsOver(Exchange exchange) => ReferenceEquals(exchange, _unsent) || _session.IsOver(exchange);

    /// <inheritdoc cref="HttpSession.GoOnAsync"/>
    public ValueTask<Exchange> GoOnAsync(Exchange exchange, CancellationToken interrupt) => _session.GoOnAsync(exchange, interrupt);

    void IHopObserver.OnHop(PreparedRequest request, int hop, Exchange exchange, bool isChallenge)
    {
        // As in k6: the question that digest authentication begins with is no failure.
        var expected = isChallenge || _request.Expect.Contains(exchange.Status);
        var name = _request.IsNamed || hop == 0 ? _request.Name : _scope.Secrets.Mask(RequestUrl.WithoutQuery(request.Url));
        var kind = new ExchangeKind(name, request.Method.Method, exchange.Status, expected, exchange.Error, exchange.Protocol, exchange.TlsVersion);
        lock (_shard.Gate)
        {
            _shard.StepLocked(_scope, _request).ExchangeLocked(kind).RecordLocked(exchange, _lag);
            if (_scope.IsScenario) _shard.ScopeLocked(_scope).CountLocked(exchange);
        }

        if (!expected) _events.Unexpected(_request, exchange);
    }

    void IHopObserver.OnCookieRefused(PreparedRequest request, string why) => _events.CookieRefused(_request, why);

    // The same object again and again: one request is over before the next begins.
    private PreparedRequest Prepare(CompiledRequest step, Uri url, in RequestParts parts)
    {
        var deadline = _clock.Now + step.Timeout.Nanoseconds;
        var request = _prepared ??= new PreparedRequest { Method = step.Method, Url = url, Headers = parts.Headers, Deadline = deadline };
        (request.Method, request.Url, request.Headers, request.Body, request.Deadline) = (step.Method, url, parts.Headers, parts.Body, deadline);
        (request.KeepBodyBytes, request.KeepsHeaders, request.Head) = (step.KeepBodyBytes, step.ReadsHeaders || parts.Digest is not null, step.Head);
        (request.Digest, request.IsSecret) = (parts.Digest, step.IsSecret);
        return request;
    }

    // As in k6: a URL that cannot be parsed is no exchange and gives no sample, but checks see the error.
    private Exchange Unsent(CompiledRequest step)
    {
        _unsent ??= new Exchange();
        _unsent.Reset(_clock.Now);
        (_unsent.Error, _unsent.ErrorText) = (TransportError.InvalidUrl, "not an http or https URL");
        if (_scope.IsScenario)
        {
            lock (_shard.Gate) _shard.ScopeLocked(_scope).CountLocked(_unsent);
        }

        _events.Unexpected(step, _unsent);
        return _unsent;
    }

    private bool TryDigest(CompiledRequest step, out DigestCredentials? digest, out CelError? error)
    {
        (digest, error) = (null, null);
        if (step.Digest is not { } templates) return true;
        var (user, password) = (templates.User.Render(_activation), templates.Password.Render(_activation));
        error = user.IsError ? user.AsError : password.IsError ? password.AsError : null;
        if (error is null) digest = new DigestCredentials(user.AsString, password.AsString);
        return error is null;
    }

    private bool TryBody(CompiledRequest step, out ReadOnlyMemory<byte>? body, out CelError? error)
    {
        (body, error) = (null, null);
        if (step.Body is null) return true;
        if (step.Body.Constant is { } constant)
        {
            body = constant;
            return true;
        }

        if (_body is not { Capacity: <= LargestBufferToHold }) _body = new ArrayBufferWriter<byte>();
        _body.ResetWrittenCount();
        error = step.Body.Write(_activation, _body);
        body = _body.WrittenMemory;
        return error is null;
    }

    /// <summary>The condition of a request fails, and the iteration with it.</summary>
    public StepsEnd FailWhen(CompiledRequest step, CelError error)
    {
        _activation.Fail($"{step.Path}.when", error.Message);
        _events.ExpressionFailed(step, "when", error.Message);
        return StepsEnd.Failed;
    }

    private bool Fail(CompiledRequest step, string what, string field, CelError error)
    {
        _activation.Fail($"{step.Path}.request.{field}", error.Message);
        _events.ExpressionFailed(step, what, error.Message);
        return false;
    }
}

/// <summary>What a request is made of.</summary>
/// <param name="Url">Null = what the expressions gave is no URL.</param>
/// <param name="Headers">All fields.</param>
/// <param name="Body">Null = none.</param>
internal readonly record struct RequestParts(Uri? Url, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte>? Body)
{
    /// <summary>For a server that asks; null = none.</summary>
    public DigestCredentials? Digest { get; init; }
}
