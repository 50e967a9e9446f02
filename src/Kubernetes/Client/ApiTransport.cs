using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using LoadTesting.Kubernetes.Objects;
using Microsoft.Extensions.Logging;
using Polly;

namespace LoadTesting.Kubernetes.Client;

/// <summary>Sends requests with credentials, a time limit and retries, and turns refusals into <see cref="ApiException"/>s.</summary>
internal sealed partial class ApiTransport : IDisposable
{
    // Errors are short; whatever stands in front of the API server may answer with a page.
    private const int LongestError = 64 * 1024;

    private readonly ApiClientOptions _options;
    private readonly Authenticator _authenticator;
    private readonly HttpClient _http;
    private readonly ResiliencePipeline<HttpResponseMessage> _retries;
    private readonly TimeProvider _time;
    private readonly ClientMetrics? _metrics;
    private readonly ILogger _logger;
    private readonly string _host;
    private readonly string? _serverName;

    public ApiTransport(ClusterConfig config, ApiClientOptions options, TimeProvider time, ClientMetrics? metrics, ILogger logger)
    {
        _options = options;
        _time = time;
        _metrics = metrics;
        _logger = logger;
        _host = config.Server.Authority;
        _serverName = config.Server.Scheme == Uri.UriSchemeHttps ? config.Tls.ServerName : null;
        _authenticator = new Authenticator(config, time);
        _http = new HttpClient(TlsHandler.Create(config, _authenticator))
        {
            BaseAddress = new Uri(config.Server.AbsoluteUri.TrimEnd('/') + "/"),
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd(options.UserAgent);
        _http.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        _retries = RetryPipeline.Create(options, time, Retried);
    }

    /// <returns>An answer of success; its body has not been read.</returns>
    /// <exception cref="ApiException">The server refused.</exception>
    public async Task<HttpResponseMessage> SendAsync(ApiRequest request, CancellationToken cancellation)
    {
        var context = ResilienceContextPool.Shared.Get(cancellation);
        context.Properties.Set(RetryPipeline.Request, request);
        HttpResponseMessage answer;
        try
        {
            answer = await _retries.ExecuteAsync(
                static (ResilienceContext c, (ApiTransport Self, ApiRequest Request) s) =>
                    new ValueTask<HttpResponseMessage>(s.Self.AttemptAsync(s.Request, c.CancellationToken)),
                context,
                (this, request));
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }

        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }

        using (answer)
        {
            throw new ApiException(await ErrorAsync(answer, cancellation), request.ToString());
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _authenticator.Dispose();
    }

    private async Task<HttpResponseMessage> AttemptAsync(ApiRequest request, CancellationToken cancellation)
    {
        var (answer, isRefused) = await OnceAsync(request, cancellation);
        if (!isRefused)
        {
            return answer;
        }

        answer.Dispose();
        return (await OnceAsync(request, cancellation)).Answer;
    }

    private async Task<(HttpResponseMessage Answer, bool MayHelpToRenew)> OnceAsync(ApiRequest request, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(_options.AttemptTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        using var message = new HttpRequestMessage(request.Method, request.PathAndQuery);
        // The handler takes the name for TLS (SNI and the certificate's check) from this header; SslOptions.TargetHost is overwritten by it.
        message.Headers.Host = _serverName;
        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(request.ContentType) } };
        }

        var began = _time.GetTimestamp();
        try
        {
            await _authenticator.SignAsync(message, either.Token);
            var answer = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token);
            _metrics?.Answered(RetryPipeline.CodeOf(Outcome.FromResult(answer)), request.Method.Method, _host, _time.GetElapsedTime(began));
            return (answer, answer.StatusCode == HttpStatusCode.Unauthorized && _authenticator.Refused(message));
        }
        catch (Exception e)
        {
            _metrics?.Answered("<error>", request.Method.Method, _host, _time.GetElapsedTime(began));
            if (e is OperationCanceledException && timeout.IsCancellationRequested && !cancellation.IsCancellationRequested)
            {
                throw new TimeoutException($"{request}: no answer within {_options.AttemptTimeout}", e);
            }

            throw;
        }
    }

    private async Task<ApiError> ErrorAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        ApiStatus? status = null;
        var text = "";
        try
        {
            text = await BodyAsync(answer, cancellation);
            status = JsonSerializer.Deserialize(text, KubernetesJson.TypeInfo<ApiStatus>());
        }
        catch (Exception e) when (e is JsonException or HttpRequestException or IOException or TimeoutException)
        {
            // Not a Status, or cut off: the HTTP status says what is known.
            status = new ApiStatus { Code = (int)answer.StatusCode, Message = text.Length > 512 ? text[..512] : text };
        }

        return ApiError.From(status, (int)answer.StatusCode, RetryPipeline.RetryAfter(answer, _time));
    }

    private async Task<string> BodyAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(_options.AttemptTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        try
        {
            await using var stream = await answer.Content.ReadAsStreamAsync(either.Token);
            var buffer = new byte[LongestError];
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, either.Token);
            return System.Text.Encoding.UTF8.GetString(buffer, 0, length);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException("the answer did not end", e);
        }
    }

    private void Retried(ApiRequest request, Outcome<HttpResponseMessage> outcome, TimeSpan pause)
    {
        var code = RetryPipeline.CodeOf(outcome);
        _metrics?.Retried(code, request.Method.Method, _host);
        LogRetry(outcome.Exception, request.ToString(), code, pause);
    }

    [LoggerMessage(1001, LogLevel.Information, "{Request} got {Code}; again in {Pause}")]
    private partial void LogRetry(Exception? error, string request, string code, TimeSpan pause);
}
