using System.Globalization;
using LoadTesting.Expressions;
using LoadTesting.Model.Observing;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Engine.Compilation;
using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Engine;

/// <summary>
/// Asks Prometheus servers what <c>observe.prometheus</c> wants to know. A runner asks, not the operator: it has the test's environment, secrets included, and reaches what a Pod of the test's
/// namespace reaches and no more. Nothing of it is a request of the load: it has connections of its own on the platform's stack, and no sample.
/// </summary>
public sealed class TargetQueries : IAsyncDisposable
{
    private static readonly Duration Patience = Duration.FromSeconds(5);
    private const int MostBytes = 4 << 20;

    private readonly CompiledTest _test;
    private readonly EngineOptions _options;
    private readonly MonotonicClock _clock;
    private readonly SocketsHttpSenderFactory _senders;
    private readonly Dictionary<string, IRequestSender> _open = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>For the queries of a test.</summary>
    public TargetQueries(CompiledTest test, EngineOptions options)
    {
        (_test, _options, _clock, _senders) = (test, options, new MonotonicClock(options.Time), new SocketsHttpSenderFactory(test.Http, options.Time));
    }

    /// <summary>Asks, all queries side by side; one round at a time.</summary>
    /// <param name="start">T0.</param>
    /// <param name="due">What to ask for; names that the test does not have are passed over.</param>
    /// <param name="cancellation">Ends the attempts.</param>
    /// <returns>One answer for each question, without secrets.</returns>
    public async Task<IReadOnlyList<QueryAnswer>> AskAsync(DateTimeOffset start, IReadOnlyList<QueryDue> due, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            var known = due.Select(d => (Due: d, Query: _test.Queries.FirstOrDefault(q => q.Name == d.Name))).Where(d => d.Query is not null).ToList();
            foreach (var name in known.Select(k => k.Due.Name).Where(n => !_open.ContainsKey(n)))
            {
                _open[name] = _senders.Create(0, 0);
            }

            return await Task.WhenAll(known.DistinctBy(k => k.Due.Name).Select(k => AskAsync(k.Query!, start, k.Due, cancellation)));
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _one.WaitAsync();
        foreach (var sender in _open.Values) await sender.DisposeAsync();
        await _senders.DisposeAsync();
        _one.Dispose();
    }

    private async Task<QueryAnswer> AskAsync(CompiledQuery query, DateTimeOffset start, QueryDue due, CancellationToken cancellation)
    {
        var activation = new VuActivation(_test, () => CelValue.Of(CelMap.Empty), 0, new VuHost(_options.Seed ?? 0, _options.Time));
        activation.BeginScope(_test.Once[(int)OncePhase.Setup]);
        activation.BeginIteration(0, 0);
        var text = query.Query.Render(activation);
        if (text.IsError) return Failed(text.AsError.Message);
        var server = query.Url.Build(activation, out var error);
        if (error is not null) return Failed(error.Message);
        if (server is null) return Failed("not an http or https URL");
        if (query.Headers.Build(activation, out error) is not { } headers) return Failed(error!.Message);
        if (server.UserInfo.Length > 0) headers = UrlCredentials.Authorize(headers, server);

        // Prometheus counts in milliseconds; a grid between them would be rounded by each side in its own way.
        var origin = start.ToUnixTimeMilliseconds() / 1000m;
        var interval = query.Interval.Nanoseconds / 1_000_000_000m;
        var question = string.Create(
            CultureInfo.InvariantCulture,
            $"/api/v1/query_range?query={Uri.EscapeDataString(text.AsString)}&start={origin + due.From * interval:F3}&end={origin + due.To * interval:F3}&step={interval}");
        var exchange = await _open[due.Name].SendAsync(
            new PreparedRequest
            {
                Method = HttpMethod.Get,
                Url = RequestUrl.Parse(RequestUrl.WithoutQuery(server).TrimEnd('/') + question)!,
                Headers = headers,
                Deadline = _clock.Now + Patience.Nanoseconds,
                KeepBodyBytes = MostBytes,
            },
            cancellation);
        if (exchange.Outcome != ExchangeOutcome.Response) return Failed(exchange.ErrorText.Length > 0 ? exchange.ErrorText : "no answer");
        if (exchange.IsTruncated) return Failed($"the answer is longer than {MostBytes >> 20} MiB");
        var answer = PrometheusAnswer.Read(due, exchange.Body, exchange.Status, (double)origin, (double)interval);
        return answer.Error is { } what ? Failed(what) : answer;

        QueryAnswer Failed(string why) => QueryAnswer.Failed(due, _test.Secrets.Mask($"{query.Server}: {why}"));
    }
}

/// <summary>A query of <see cref="TargetQueries"/>, compiled.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Server">The server's URL as written, without credentials: for people.</param>
/// <param name="Url">The server's URL.</param>
/// <param name="Query">The PromQL.</param>
/// <param name="Headers">Who asks, and with which credentials.</param>
/// <param name="Interval">From instant to instant.</param>
internal sealed record CompiledQuery(string Name, string Server, UrlTemplate Url, CelTemplate Query, HeaderTemplates Headers, Duration Interval);
