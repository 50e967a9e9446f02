using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace LoadTesting.Kubernetes.Client;

/// <summary>Runs an exec plugin once.</summary>
internal static class ExecRunner
{
    /// <exception cref="CredentialException">The plugin is missing, failed, or printed something else.</exception>
    public static async Task<ExecCredentialStatus> RunAsync(ClusterConfig config, CancellationToken cancellation)
    {
        var plugin = config.User.Exec!;
        var (code, output, error) = await StartAsync(plugin, Info(plugin, config), cancellation);
        if (code != 0)
        {
            throw new CredentialException($"{plugin.Command} ended with exit code {code}: {Cut(error)}");
        }

        ExecCredential? credential;
        try
        {
            credential = JsonSerializer.Deserialize(output, ExecJsonContext.Default.ExecCredential);
        }
        catch (JsonException e)
        {
            // Not the output: it may hold the token.
            throw new CredentialException($"{plugin.Command} did not print JSON (line {e.LineNumber})");
        }

        if (credential?.ApiVersion != plugin.ApiVersion)
        {
            throw new CredentialException($"{plugin.Command} answered in {credential?.ApiVersion ?? "no version"}, not in {plugin.ApiVersion}");
        }

        var status = credential.Status;
        if (status is null || (string.IsNullOrEmpty(status.Token) && (status.ClientCertificateData is null || status.ClientKeyData is null)))
        {
            throw new CredentialException($"{plugin.Command} gave neither a token nor a certificate with its key");
        }

        return status;
    }

    private static ExecCredential Info(ExecPlugin plugin, ClusterConfig config) => new()
    {
        ApiVersion = plugin.ApiVersion,
        Kind = "ExecCredential",
        Spec = new ExecCredentialSpec
        {
            Interactive = false,
            Cluster = plugin.ProvideClusterInfo
                ? new ExecCluster
                {
                    Server = config.Server.ToString(),
                    TlsServerName = config.Tls.ServerName,
                    InsecureSkipTlsVerify = config.Tls.SkipVerify ? true : null,
                    CertificateAuthorityData = config.Tls.CertificateAuthority is { } ca ? Encoding.ASCII.GetBytes(ca.Read()) : null,
                    ProxyUrl = config.Proxy?.ToString(),
                }
                : null,
        },
    };

    private static async Task<(int Code, string Output, string Error)> StartAsync(ExecPlugin plugin, ExecCredential info, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(plugin.Command, plugin.Args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in plugin.Env)
        {
            start.Environment[name] = value;
        }

        start.Environment["KUBERNETES_EXEC_INFO"] = JsonSerializer.Serialize(info, ExecJsonContext.Default.ExecCredential);
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new CredentialException($"{plugin.Command} cannot be run: {e.Message}. {plugin.InstallHint}".TrimEnd(), e);
        }

        using (process)
        {
            process.StandardInput.Close();
            try
            {
                var output = process.StandardOutput.ReadToEndAsync(cancellation);
                var error = process.StandardError.ReadToEndAsync(cancellation);
                await process.WaitForExitAsync(cancellation);
                return (process.ExitCode, await output, await error);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
        }
    }

    private static string Cut(string text) => text.Length <= 512 ? text.Trim() : $"{text[..512].Trim()}…";
}
