namespace LoadTesting.Kubernetes.Client;

/// <summary>The API server answered and refused. Connection failures are <see cref="HttpRequestException"/>s instead.</summary>
public sealed class ApiException : Exception
{
    /// <param name="error">The refusal.</param>
    /// <param name="request">Verb and path, for the message.</param>
    public ApiException(ApiError error, string request)
        : base($"{request}: {error}")
    {
        Error = error;
    }

    /// <summary>The refusal; callers decide by <see cref="ApiError.Reason"/>.</summary>
    public ApiError Error { get; }
}
