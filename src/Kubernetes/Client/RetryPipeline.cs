using System.Globalization;
using Polly;
using Polly.Retry;

namespace LoadTesting.Kubernetes.Client;

/// <summary>When a request is sent again, and after how long.</summary>
internal static class RetryPipeline
{
    public static readonly ResiliencePropertyKey<ApiRequest> Request = new("request");

    // A server that asks for more is better left to the caller, whose own back-off then decides.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <param name="options">Retries and pauses.</param>
    /// <param name="time">Clock of pauses.</param>
    /// <param name="retried">Told of each retry.</param>
    public static ResiliencePipeline<HttpResponseMessage> Create(
        ApiClientOptions options, TimeProvider time, Action<ApiRequest, Outcome<HttpResponseMessage>, TimeSpan> retried)
    {
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time };
        if (options.Retries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = options.Retries,
                Delay = options.FirstPause,
                MaxDelay = LongestPause,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = static a => ValueTask.FromResult(IsTransient(RequestOf(a.Context), a.Outcome)),
                DelayGenerator = a => ValueTask.FromResult(a.Outcome.Result is { } answer ? RetryAfter(answer, time) : null),
                OnRetry = a =>
                {
                    retried(RequestOf(a.Context), a.Outcome, a.RetryDelay);
                    a.Outcome.Result?.Dispose();
                    return ValueTask.CompletedTask;
                },
            });
        }

        return builder.Build();
    }

    /// <summary>The header in either of its forms; null when absent or senseless.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage answer, TimeProvider time)
    {
        var header = answer.Headers.RetryAfter;
        var pause = header?.Delta ?? (header?.Date - time.GetUtcNow());
        return pause >= TimeSpan.Zero ? pause : null;
    }

    public static string CodeOf(Outcome<HttpResponseMessage> outcome) =>
        outcome.Result is { } answer ? ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture) : "<error>";

    private static ApiRequest RequestOf(ResilienceContext context) => context.Properties.GetValue(Request, null!);

    private static bool IsTransient(ApiRequest request, Outcome<HttpResponseMessage> outcome)
    {
        if (outcome.Result is not { } answer)
        {
            return request.IsIdempotent && outcome.Exception is HttpRequestException or TimeoutException or CredentialException;
        }

        return (int)answer.StatusCode switch
        {
            // Refused before it was looked at: safe to send again whatever it is.
            429 => RetryAfterIsBearable(answer),
            500 or 502 or 503 or 504 => request.IsIdempotent && RetryAfterIsBearable(answer),
            _ => false,
        };
    }

    private static bool RetryAfterIsBearable(HttpResponseMessage answer) => !(answer.Headers.RetryAfter?.Delta > LongestPause);
}
