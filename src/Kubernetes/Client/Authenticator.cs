using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace LoadTesting.Kubernetes.Client;

/// <summary>Makes the credentials of requests, and makes them anew when they grow old or are refused. Safe for concurrent use.</summary>
internal sealed class Authenticator : IDisposable
{
    // The kubelet replaces a service account token when 20 % of its life is left, of an hour or more: a minute is soon enough.
    private static readonly TimeSpan TokenFileLife = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _renewal = new(1);
    private readonly ClusterConfig _config;
    private readonly TimeProvider _time;
    private volatile Credentials? _current;

    public Authenticator(ClusterConfig config, TimeProvider time)
    {
        _config = config;
        _time = time;
    }

    private ClusterUser User => _config.User;

    /// <summary>The certificate to show when a connection is opened, or null.</summary>
    public X509Certificate2? Certificate => _current?.Certificate;

    /// <summary>Adds who we are to a request.</summary>
    /// <exception cref="CredentialException">No credentials could be made.</exception>
    public async ValueTask SignAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        var credentials = _current is { } current && IsFresh(current) ? current : await RenewAsync(_current, cancellation);
        request.Headers.Authorization = credentials.Header;
        if (User.ImpersonateUser is { } user)
        {
            request.Headers.TryAddWithoutValidation("Impersonate-User", user);
            foreach (var group in User.ImpersonateGroups)
            {
                request.Headers.TryAddWithoutValidation("Impersonate-Group", group);
            }
        }
    }

    /// <summary>Told that a request was answered with 401.</summary>
    /// <returns>Whether other credentials may help.</returns>
    public bool Refused(HttpRequestMessage request)
    {
        if (User.Exec is null && User.TokenFile is null)
        {
            return false;
        }

        // Somebody else may have renewed them since the request was signed.
        if (_current is { } current && Equals(current.Header, request.Headers.Authorization))
        {
            _current = null;
        }

        return true;
    }

    public void Dispose() => _renewal.Dispose();

    private bool IsFresh(Credentials credentials) =>
        (credentials.Life is not { } life || _time.GetElapsedTime(credentials.Made) < life)
        && (credentials.Expires is not { } expires || _time.GetUtcNow() < expires);

    private async Task<Credentials> RenewAsync(Credentials? stale, CancellationToken cancellation)
    {
        await _renewal.WaitAsync(cancellation);
        try
        {
            if (_current is { } renewed && renewed != stale && IsFresh(renewed))
            {
                return renewed;
            }

            return _current = await MakeAsync(stale, cancellation);
        }
        finally
        {
            _renewal.Release();
        }
    }

    private async Task<Credentials> MakeAsync(Credentials? stale, CancellationToken cancellation)
    {
        var made = _time.GetTimestamp();
        if (User.Exec is not null)
        {
            var status = await ExecRunner.RunAsync(_config, cancellation);
            var pair = status.ClientCertificateData is { } pem ? X509Certificate2.CreateFromPem(pem, status.ClientKeyData) : null;
            return new(Bearer(status.Token), pair, made, null, status.ExpirationTimestamp);
        }

        var certificate = stale?.Certificate
            ?? (User.ClientCertificate is { } cert ? X509Certificate2.CreateFromPem(cert.Read(), User.ClientKey!.Read()) : null);
        if (User.TokenFile is { } file)
        {
            return new(Bearer(await TokenAsync(file, cancellation)), certificate, made, TokenFileLife, null);
        }

        var header = User.Token is { Length: > 0 } token ? Bearer(token)
            : User.Username is { Length: > 0 } name ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{User.Password}")))
            : null;
        return new(header, certificate, made, null, null);
    }

    private async Task<string?> TokenAsync(string file, CancellationToken cancellation)
    {
        try
        {
            return (await File.ReadAllTextAsync(file, cancellation)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return User.Token ?? throw new CredentialException($"token file {file} cannot be read: {e.Message}", e);
        }
    }

    private static AuthenticationHeaderValue? Bearer(string? token) => string.IsNullOrEmpty(token) ? null : new("Bearer", token);

    private sealed record Credentials(
        AuthenticationHeaderValue? Header, X509Certificate2? Certificate, long Made, TimeSpan? Life, DateTimeOffset? Expires);
}
