namespace LoadTesting.Kubernetes.Client;

/// <summary>How a client behaves.</summary>
public sealed record ApiClientOptions
{
    /// <summary>Name and version of the program, e.g. <c>loadtest-operator/0.1.0</c>: in the server's audit log and, before the slash, the field manager.</summary>
    public required string UserAgent { get; init; }

    /// <summary>How long one attempt may take (a watch: until it begins). Default 30 s.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Retries after the first attempt; default 5. Zero for none.</summary>
    public int Retries { get; init; } = 5;

    /// <summary>Pause before the first retry, then doubled and jittered; default 200 ms. The server's Retry-After precedes it.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(200);
}
