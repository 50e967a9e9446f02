namespace LoadTesting.Kubernetes.Client;

/// <summary>Who we are. Several ways may be given; a certificate is shown in addition to the header.</summary>
public sealed record ClusterUser
{
    /// <summary>Certificate for TLS client authentication, with intermediates.</summary>
    public PemSource? ClientCertificate { get; init; }

    /// <summary>Its private key.</summary>
    public PemSource? ClientKey { get; init; }

    /// <summary>Bearer token.</summary>
    public string? Token { get; init; }

    /// <summary>File with a bearer token that is replaced before it expires; read anew every minute and after a 401. Precedes <see cref="Token"/>.</summary>
    public string? TokenFile { get; init; }

    /// <summary>For basic authentication.</summary>
    public string? Username { get; init; }

    /// <summary>For basic authentication.</summary>
    public string? Password { get; init; }

    /// <summary>A program that makes credentials.</summary>
    public ExecPlugin? Exec { get; init; }

    /// <summary>Act as this user.</summary>
    public string? ImpersonateUser { get; init; }

    /// <summary>Act as a member of these groups.</summary>
    public IReadOnlyList<string> ImpersonateGroups { get; init; } = [];

    /// <summary>Never the credentials.</summary>
    public override string ToString() => "(credentials)";
}
