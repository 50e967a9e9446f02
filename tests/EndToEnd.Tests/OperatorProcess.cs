using System.Diagnostics;
using System.Text;

namespace LoadTesting.EndToEnd.Tests;

/// <summary>The operator as a process of this machine, so that a test can kill it at the instant it wants. What it does in a Pod, InstallTests show.</summary>
internal sealed class OperatorProcess : IAsyncDisposable
{
    private readonly StringBuilder _log = new();
    private readonly Process _process;

    private OperatorProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, e) => Append(e.Data);
        process.ErrorDataReceived += (_, e) => Append(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What it printed so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Whether it leads, by its own words.</summary>
    public bool Leads => Log.Contains(" leads by lease ", StringComparison.Ordinal);

    /// <summary>Starts one.</summary>
    /// <param name="kubeconfig">The cluster.</param>
    /// <param name="image">The runners' image.</param>
    /// <param name="space">The operator's namespace: lease and key.</param>
    /// <param name="watched">The namespace that it looks at; null = all.</param>
    /// <param name="more">More arguments.</param>
    public static OperatorProcess Start(string kubeconfig, string image, string space, string? watched = null, params string[] more)
    {
        var start = new ProcessStartInfo("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "loadtest-operator.dll"), "run", "--runner-image", image, "--runner-image-pull-policy", "Never", "--namespace", space,
            "--metrics-address", "off", "--health-address", "off", "--log-format", "text", .. watched is null ? [] : new[] { "--watch-namespace", watched }, .. more,
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KUBECONFIG"] = kubeconfig;
        return new OperatorProcess(Process.Start(start)!);
    }

    /// <summary>Resident memory, bytes; 0 once it has ended.</summary>
    public long Resident()
    {
        _process.Refresh();
        return _process.HasExited ? 0 : _process.WorkingSet64;
    }

    /// <summary>SIGKILL: it gets no chance to say or finish anything.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Append(string? line)
    {
        if (line is not null)
        {
            lock (_log)
            {
                _log.AppendLine(line);
            }
        }
    }
}
