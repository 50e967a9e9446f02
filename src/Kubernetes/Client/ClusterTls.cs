namespace LoadTesting.Kubernetes.Client;

/// <summary>Whom to trust to be the API server.</summary>
public sealed record ClusterTls
{
    /// <summary>Root certificates; null = the machine's.</summary>
    public PemSource? CertificateAuthority { get; init; }

    /// <summary>The name that the server's certificate must carry; null = the host of the URL.</summary>
    public string? ServerName { get; init; }

    /// <summary>Trust anybody. For experiments only.</summary>
    public bool SkipVerify { get; init; }
}
