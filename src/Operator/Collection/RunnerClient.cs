using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text;
using System.Text.Json.Nodes;
using LoadTesting.Metrics.Exposition;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Observing;
using LoadTesting.Operator.Reconciling;
using LoadTesting.Operator.Telemetry;

namespace LoadTesting.Operator.Collection;

/// <summary>Speaks to runners' agents over <see cref="AgentContract"/>. Safe for concurrent use; what networks and agents do is a value, never an exception.</summary>
public sealed class RunnerClient : IDisposable
{
    private static readonly TimeSpan ObservePatience = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;
    private readonly TimeSpan _silence;
    private readonly RunMetrics? _metrics;

    /// <param name="time">Clock of round trips and time limits.</param>
    /// <param name="patience">How long the answer to a verb may take; for stages, which run steps, see <see cref="StageAsync"/>.</param>
    /// <param name="silence">How long a snapshot may take.</param>
    /// <param name="publicKeyOf">
    /// The public key (SubjectPublicKeyInfo) that the agents of a run's uid have to prove, for addresses with https. Null trusts nobody there.
    /// </param>
    /// <param name="metrics">Counts looks at runners; null counts nothing.</param>
    public RunnerClient(TimeProvider time, TimeSpan patience, TimeSpan silence, Func<string, byte[]>? publicKeyOf = null, RunMetrics? metrics = null)
    {
        (_time, _patience, _silence, _metrics) = (time, patience, silence, metrics);
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = patience,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            MaxResponseHeadersLength = AnswerLimits.HeaderKilobytes,
            MaxResponseDrainSize = 0,
            SslOptions = RunnerTrust.Options(publicKeyOf),
        })
        { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Reads the latest snapshot, and with it state and clock: the heartbeat.</summary>
    /// <param name="agent">Base URL.</param>
    /// <param name="access">The run that must answer, an address may by now belong to another Pod; and its token.</param>
    /// <param name="index">The runner that must answer.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <param name="follower">What is known of this runner: its answer then carries only what has changed. Null asks for the whole.</param>
    public async Task<RunnerReading> ReadAsync(Uri agent, AgentAccess access, int index, CancellationToken cancellation, SnapshotFollower? follower = null)
    {
        var reading = await LookAsync(agent, access, index, follower ?? new SnapshotFollower(), cancellation);
        _metrics?.Read(reading);
        return reading;
    }

    private async Task<RunnerReading> LookAsync(Uri agent, AgentAccess access, int index, SnapshotFollower follower, CancellationToken cancellation)
    {
        using var request = Request(HttpMethod.Get, agent, AgentContract.MetricsPath, access);
        request.Headers.TryAddWithoutValidation("Accept", ContentNegotiation.CollectorAccept);
        if (follower.Known is { } known) request.Headers.TryAddWithoutValidation(AgentContract.KnownHeader, known);
        var sent = _time.GetUtcNow();
        var began = _time.GetTimestamp();
        var (answer, body, failure) = await SendAsync(request, _silence, AnswerLimits.Snapshot, cancellation);
        using (answer)
        {
            if (answer is null)
            {
                return new RunnerReading(null, null, failure!.Message) { IsRefused = failure.IsRefusal };
            }

            var roundTrip = _time.GetElapsedTime(began);
            if (Header(answer, AgentContract.RunIdHeader) != access.RunId || Header(answer, AgentContract.IndexHeader) != index.ToString(CultureInfo.InvariantCulture))
            {
                return RunnerReading.Silent("another program answers at the runner's address");
            }

            if (!answer.IsSuccessStatusCode || Header(answer, AgentContract.StateHeader) is not { } state)
            {
                return RunnerReading.Silent($"status {(int)answer.StatusCode}");
            }

            var format = ContentNegotiation.FromContentType(answer.Content.Headers.ContentType?.ToString()) ?? ExpositionFormat.Protobuf;
            var read = format == ExpositionFormat.Compact ? follower.Read(body) : ExpositionReader.Read(body, format);
            var clock = long.TryParse(Header(answer, AgentContract.ClockHeader), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var nanoseconds)
                ? DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100)
                : (DateTimeOffset?)null;
            return new RunnerReading(state, read.Snapshot, read.Error) { Sent = sent, RoundTrip = roundTrip, Clock = clock };
        }
    }

    /// <summary>Why the agent will not become ready; null while it is preparing or when it is.</summary>
    public async Task<string?> RefusalAsync(Uri agent, AgentAccess access, CancellationToken cancellation)
    {
        using var request = Request(HttpMethod.Get, agent, AgentContract.ReadyPath, access);
        var (answer, body, _) = await SendAsync(request, _patience, AnswerLimits.Verb, cancellation);
        using (answer)
        {
            var text = Encoding.UTF8.GetString(body);
            return answer is { StatusCode: HttpStatusCode.ServiceUnavailable } && text != AgentStates.Preparing ? text : null;
        }
    }

    /// <summary>Posts the start instant.</summary>
    /// <param name="agent">Base URL.</param>
    /// <param name="access">Run and token.</param>
    /// <param name="at">T0 on the agent's clock.</param>
    /// <param name="resumeAt">Of a replacement: from when on, on the agent's clock; null for a first runner.</param>
    /// <param name="setup">What setup extracted, a JSON object; null without setup.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public Task<VerbResult> StartAsync(Uri agent, AgentAccess access, DateTimeOffset at, DateTimeOffset? resumeAt, string? setup, CancellationToken cancellation)
    {
        var body = new JsonObject { ["at"] = Instants.Write(at) };
        if (resumeAt is { } from)
        {
            body["resumeAt"] = Instants.Write(from);
        }

        if (setup is not null)
        {
            body["setup"] = JsonNode.Parse(setup);
        }

        return PostAsync(agent, AgentContract.StartPath, access, body.ToJsonString(), _patience, cancellation);
    }

    /// <summary>Stops the load.</summary>
    public Task<VerbResult> StopAsync(Uri agent, AgentAccess access, bool interrupt, CancellationToken cancellation) => PostAsync(
        agent, AgentContract.StopPath + (interrupt ? $"?{AgentContract.InterruptParameter}=true" : ""), access, null, _patience, cancellation);

    /// <summary>Releases the final snapshot.</summary>
    public Task<VerbResult> AcknowledgeAsync(Uri agent, AgentAccess access, CancellationToken cancellation) =>
        PostAsync(agent, AgentContract.AckPath, access, null, _patience, cancellation);

    /// <summary>Has a runner ask Prometheus; it gives up by itself after some seconds.</summary>
    public Task<VerbResult> ObserveAsync(Uri agent, AgentAccess access, DateTimeOffset start, IReadOnlyList<QueryDue> due) =>
        PostAsync(agent, AgentContract.ObservePath, access, ObservationMessages.Question(start, due), ObservePatience, CancellationToken.None);

    /// <summary>Runs a stage, or asks again for the answer of one that ran.</summary>
    /// <param name="agent">Base URL.</param>
    /// <param name="path">One of the stages' paths of <see cref="AgentContract"/>.</param>
    /// <param name="access">Run and token.</param>
    /// <param name="limit">How long the stage may take.</param>
    /// <param name="job">Result of the job that it waits for; null when it waits for none.</param>
    /// <param name="cancellation">Ends the attempt, not the stage.</param>
    public Task<VerbResult> StageAsync(Uri agent, string path, AgentAccess access, TimeSpan limit, JobResult? job, CancellationToken cancellation) =>
        PostAsync(agent, path, access, job is null ? null : new JsonObject { [JobOrder.Field] = job.ToJson() }.ToJsonString(), limit, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<VerbResult> PostAsync(Uri agent, string path, AgentAccess access, string? body, TimeSpan limit, CancellationToken cancellation)
    {
        using var request = Request(HttpMethod.Post, agent, path, access);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        var (answer, content, failure) = await SendAsync(request, limit, AnswerLimits.Verb, cancellation);
        using (answer)
        {
            return answer is null ? new VerbResult(0, failure!.Message) : new VerbResult((int)answer.StatusCode, Encoding.UTF8.GetString(content));
        }
    }

    private static HttpRequestMessage Request(HttpMethod method, Uri agent, string path, AgentAccess access)
    {
        var request = new HttpRequestMessage(method, new Uri(agent, path));
        request.Headers.Authorization = new AuthenticationHeaderValue(AgentContract.AuthorizationScheme, access.Token);
        request.Headers.Add(AgentContract.RunIdHeader, access.RunId);
        // Of an https address also the name in the handshake: connections are kept apart by it, so that no run uses those of another at the same address.
        request.Headers.Host = RunnerTrust.HostOf(access.RunId);
        return request;
    }

    /// <summary>Sends, and reads the whole answer within one time limit. Nothing is held that is longer than allowed.</summary>
    private async Task<(HttpResponseMessage? Answer, byte[] Body, AnswerFailure? Failure)> SendAsync(
        HttpRequestMessage request, TimeSpan limit, int longest, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        HttpResponseMessage? answer = null;
        try
        {
            answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var (body, failure) = await AnswerLimits.ReadAsync(answer.Content, longest, either.Token);
            if (failure is null)
            {
                return (answer, body, null);
            }

            answer.Dispose();
            return (null, [], new AnswerFailure(failure, IsRefusal: true));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            answer?.Dispose();
            return (null, [], Failure(e));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            answer?.Dispose();
            return (null, [], new AnswerFailure($"no whole answer within {limit.TotalSeconds:0.#} s", IsRefusal: false));
        }
    }

    private static AnswerFailure Failure(Exception e) => e switch
    {
        { InnerException: AuthenticationException } => new("what answers at the runner's address does not have this run's key", IsRefusal: true),
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } =>
            new($"the head of its answer is longer than {AnswerLimits.HeaderKilobytes} KiB", IsRefusal: true),
        _ => new(e.Message, IsRefusal: false),
    };

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}

/// <summary>What an agent's verbs want to see.</summary>
/// <param name="RunId">Uid of the run.</param>
/// <param name="Token">Its bearer token.</param>
public sealed record AgentAccess(string RunId, string Token)
{
    /// <summary>Without the token.</summary>
    public override string ToString() => RunId;
}

/// <summary>Why there is no answer.</summary>
/// <param name="Message">In words.</param>
/// <param name="IsRefusal">There was one, and it was not taken: too long, or of a program without the run's key.</param>
internal sealed record AnswerFailure(string Message, bool IsRefusal);

/// <summary>What a verb brought.</summary>
/// <param name="Status">HTTP status; 0 when there was no answer.</param>
/// <param name="Text">The answer's body, or what kept it away.</param>
public sealed record VerbResult(int Status, string Text)
{
    /// <summary>Done now or before.</summary>
    public bool IsDone => Status is >= 200 and < 300;
}
