using System.Diagnostics;
using System.Text;

namespace LoadTesting.TestKit;

/// <summary>Runs the built <c>loadtest</c> program as users do: a process with arguments, two output streams and an exit code.</summary>
public sealed class LoadtestProcess : IAsyncDisposable
{
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Process _process;

    private LoadtestProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, e) => Append(_output, e.Data);
        process.ErrorDataReceived += (_, e) => Append(_error, e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Standard output so far.</summary>
    public string Output => Read(_output);

    /// <summary>Standard error so far.</summary>
    public string Error => Read(_error);

    /// <summary>The process id, for signals.</summary>
    public int Id => _process.Id;

    /// <summary>Starts the program that was built beside the calling test assembly.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables besides this process' own.</param>
    /// <param name="signals">How it begins to treat a signal, as an option of env(1): <c>--ignore-signal=HUP</c>.</param>
    public static LoadtestProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string signals = "--default-signal=HUP")
    {
        // A test run in the background of a shell inherits an ignored SIGINT, and so would the program; a user's does not.
        var start = new ProcessStartInfo("env", ["--default-signal=INT,QUIT", signals, "dotnet", Path.Combine(AppContext.BaseDirectory, "loadtest.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = RepositoryPaths.Root,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new LoadtestProcess(process);
    }

    /// <summary>Runs to the end.</summary>
    /// <returns>Exit code and both streams.</returns>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        await using var process = Start(arguments);
        var code = await process.ExitAsync();
        return (code, process.Output, process.Error);
    }

    /// <summary>Waits for the end; fails after the deadline with what was printed so far.</summary>
    public async Task<int> ExitAsync(TimeSpan? deadline = null)
    {
        var limit = deadline ?? TimeSpan.FromMinutes(4);
        using var cancellation = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(cancellation.Token);
        }
        catch (OperationCanceledException)
        {
            throw new Xunit.Sdk.XunitException($"loadtest did not end within {limit}; output:\n{Output}\n{Error}");
        }

        return _process.ExitCode;
    }

    /// <summary>Sends a signal by name, e.g. <c>INT</c>.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static void Append(StringBuilder target, string? line)
    {
        if (line is not null)
        {
            lock (target)
            {
                target.AppendLine(line);
            }
        }
    }

    private static string Read(StringBuilder source)
    {
        lock (source)
        {
            return source.ToString();
        }
    }
}
