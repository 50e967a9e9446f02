using LoadTesting.Expressions;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Engine.Compilation;
using LoadTesting.Runner.Engine.Timing;
using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Engine;

/// <summary>Waits, before setup, until the target answers as <c>ready</c> says. Nothing of it is a sample.</summary>
public sealed class ReadyWait
{
    private readonly CompiledTest _test;
    private readonly ISenderFactory _senders;
    private readonly EngineOptions _options;

    /// <summary>A wait that has not begun.</summary>
    /// <param name="test">Whose requests.</param>
    /// <param name="senders">Makes the connections; stays the caller's.</param>
    /// <param name="options">Time and seed.</param>
    public ReadyWait(CompiledTest test, ISenderFactory senders, EngineOptions options)
    {
        (_test, _senders, _options) = (test, senders, options);
    }

    /// <summary>Repeats each request until it is answered as expected, all of them side by side.</summary>
    /// <param name="cancellation">Ends the wait; then nothing is said to be missing.</param>
    /// <returns>Null when all were, or nothing was to wait for; else one sentence about those that were not by the deadline.</returns>
    public async Task<string?> RunAsync(CancellationToken cancellation)
    {
        if (_test.Spec.Ready is not { Http.Count: > 0 } ready) return null;
        using var clock = new EngineClock(_options.Time);
        var deadline = clock.Now + ready.Timeout.Nanoseconds;
        var missing = await Task.WhenAll(_test.ReadyRequests.Select(r => UntilAnsweredAsync(r, clock, deadline, cancellation)));
        var sentences = missing.OfType<string>().ToArray();
        return sentences.Length == 0 || cancellation.IsCancellationRequested ? null : $"the target was not ready within {ready.Timeout}: {string.Join("; ", sentences)}";
    }

    private async Task<string?> UntilAnsweredAsync(CompiledReady request, EngineClock clock, long deadline, CancellationToken cancellation)
    {
        var activation = new VuActivation(_test, () => CelValue.Of(CelMap.Empty), 0, new VuHost(_options.Seed ?? 0, _options.Time));
        activation.BeginScope(_test.Once[(int)OncePhase.Setup]);
        activation.BeginIteration(0, 0);
        var url = request.Url.Build(activation, out var error);
        if (error is not null) return $"{request.Name}: {_test.Secrets.Mask(error.Message)}";
        if (url is null) return $"{request.Name}: not an http or https URL";
        if (request.Headers.Build(activation, out error) is not { } headers) return $"{request.Name}: {_test.Secrets.Mask(error!.Message)}";
        if (url.UserInfo.Length > 0) headers = UrlCredentials.Authorize(headers, url);

        await using var sender = _senders.Create(0, 0);
        var seen = "no answer";
        while (true)
        {
            var exchange = await sender.SendAsync(
                new PreparedRequest { Method = HttpMethod.Get, Url = url, Headers = headers, Deadline = Math.Min(deadline, clock.Now + request.Timeout.Nanoseconds) }, cancellation);
            if (exchange.Outcome == ExchangeOutcome.Interrupted || request.Expect.Contains(exchange.Status)) return null;
            // An attempt that only the deadline cut off says nothing about the target.
            if (clock.Now < deadline || exchange.Error == TransportError.None) seen = exchange.Error == TransportError.None ? $"status {exchange.Status}" : _test.Secrets.Mask(exchange.ErrorText);
            var next = clock.Now + request.Interval.Nanoseconds;
            if (next >= deadline) return $"{request.Name}: {seen}";
            if (!await clock.WaitUntilAsync(next, cancellation)) return null;
        }
    }
}

/// <summary>A request of <see cref="ReadyWait"/>, compiled.</summary>
/// <param name="Name">The URL as written.</param>
/// <param name="Url">The URL.</param>
/// <param name="Headers">The test's headers.</param>
/// <param name="Expect">What will do.</param>
/// <param name="Interval">From attempt to attempt.</param>
/// <param name="Timeout">Of one attempt.</param>
internal sealed record CompiledReady(string Name, UrlTemplate Url, HeaderTemplates Headers, ExpectedStatuses Expect, Duration Interval, Duration Timeout);
