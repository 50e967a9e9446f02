using System.ComponentModel;
using System.Diagnostics;

namespace LoadTesting.Runner.Cli.Cluster;

/// <summary>
/// The user's kubectl: their contexts, logins and proxies are its business, and the <c>loadtest</c> program knows nothing of Kubernetes' API.
/// </summary>
/// <param name="Space">Namespace; null = the context's.</param>
/// <param name="Context">kubeconfig context; null = the current one.</param>
internal sealed record Kubectl(string? Space, string? Context)
{
    /// <summary>Runs it to its end.</summary>
    /// <returns>Exit code and both streams; null when there is no kubectl on PATH.</returns>
    public async Task<(int Code, string Output, string Error)?> RunAsync(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        string[] where = [.. Context is null ? [] : new[] { "--context", Context }, .. Space is null ? [] : new[] { "--namespace", Space }];
        var start = new ProcessStartInfo("kubectl", [.. arguments, .. where]) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
            await process.WaitForExitAsync(cancellation);
            return (process.ExitCode, await output, await error);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
