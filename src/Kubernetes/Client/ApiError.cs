using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Client;

/// <summary>The API server's refusal, as it gave it.</summary>
/// <param name="Code">HTTP status.</param>
/// <param name="Reason">One of <see cref="ApiReason"/> or another CamelCase word of the server's; derived from the code when the server gave none.</param>
/// <param name="Message">The server's sentence.</param>
public sealed record ApiError(int Code, string Reason, string Message)
{
    /// <summary>How long the server asks to be left alone; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The fields that were refused, when it was about fields.</summary>
    public IReadOnlyList<ApiStatusCause> Causes { get; init; } = [];

    /// <summary>No such object.</summary>
    public bool IsNotFound => Code == 404;

    /// <summary>The name is taken.</summary>
    public bool IsAlreadyExists => Reason == ApiReason.AlreadyExists;

    /// <summary>Read again and decide again.</summary>
    public bool IsConflict => Reason == ApiReason.Conflict;

    /// <summary>The version asked for is no longer kept: list anew.</summary>
    public bool IsExpired => Code == 410 || Reason is ApiReason.Expired or ApiReason.Gone;

    /// <summary>The namespace is terminating: nothing can be created in it any more, and waiting does not help.</summary>
    public bool IsNamespaceTerminating => Causes.Any(c => c.Reason == "NamespaceTerminating");

    /// <summary>From the body of a failed answer, or of an ERROR event of a watch.</summary>
    /// <param name="status">The body, or null when it was not a Status.</param>
    /// <param name="code">The HTTP status, which counts when the body names none.</param>
    /// <param name="retryAfter">The Retry-After header, which counts when the body names none.</param>
    public static ApiError From(ApiStatus? status, int code, TimeSpan? retryAfter = null)
    {
        var effective = status?.Code is > 0 and var named ? named : code;
        return new ApiError(effective, status?.Reason is { Length: > 0 } reason ? reason : ReasonOf(effective), status?.Message ?? $"HTTP status {effective}")
        {
            RetryAfter = status?.Details?.RetryAfterSeconds is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : retryAfter,
            Causes = status?.Details?.Causes ?? [],
        };
    }

    /// <summary>Code, reason and message in one line.</summary>
    public override string ToString() => $"{Code} {Reason}: {Message}";

    private static string ReasonOf(int code) => code switch
    {
        400 => "BadRequest",
        401 => ApiReason.Unauthorized,
        403 => ApiReason.Forbidden,
        404 => ApiReason.NotFound,
        409 => ApiReason.Conflict,
        410 => ApiReason.Expired,
        422 => ApiReason.Invalid,
        429 => ApiReason.TooManyRequests,
        500 => "InternalError",
        503 => "ServiceUnavailable",
        504 => ApiReason.Timeout,
        _ => "Unknown",
    };
}
