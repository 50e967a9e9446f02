using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;
using LoadTesting.Runner.Engine;

namespace LoadTesting.Runner.Cli.Desk;

/// <summary>Runs jobs as processes of this machine, in the manifest's folder: command and arguments without the image. Only where the command line says so.</summary>
/// <param name="environment">The test's variables, laid over this process' own.</param>
/// <param name="folder">Where they run.</param>
/// <param name="time">Clock of the timeouts.</param>
internal sealed partial class LocalJobs(IReadOnlyDictionary<string, string> environment, string folder, TimeProvider time) : IJobHost
{
    // A program that has ended may have left behind another that holds its output open.
    private static readonly TimeSpan Remains = TimeSpan.FromSeconds(1);

    /// <summary>What keeps the jobs of a test from running here.</summary>
    /// <param name="spec">The effective spec.</param>
    /// <param name="isAllowed">Whether the command line allows jobs.</param>
    public static IEnumerable<Problem> Problems(LoadTestSpec spec, bool isAllowed) =>
        StepTree.All(spec).Where(p => p.Step is JobStep).Select(p => (Job: (JobStep)p.Step, Path: $"{p.Path}.job")).Where(p => !isAllowed || p.Job.Command.Count == 0).Select(p => isAllowed
            ? new Problem($"{p.Path}.command", "job", "at the desk a job is its command without the image: this one has no command, so only a cluster can run it")
            : new Problem(p.Path, "job", "a job runs in a cluster; --allow-jobs runs its command as a process of this machine, with the rights that you have"));

    /// <inheritdoc/>
    public async Task<JobResult> RunAsync(JobOrder order, TimeSpan timeout, CancellationToken cancellation)
    {
        using var process = new Process { StartInfo = Start(order) };
        try
        {
            process.Start();
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or PlatformNotSupportedException)
        {
            return JobResult.None(order.Ordinal, Reasons.JobFailed, $"{order.Command[0]} cannot be started: {(e is Win32Exception { NativeErrorCode: 2 } ? "there is no such program" : e is Win32Exception { NativeErrorCode: 13 } ? "permission denied" : e.Message)}");
        }

        process.StandardInput.Close();
        var output = new Capture();
        var reading = Task.WhenAll(output.ReadAsync(process.StandardOutput.BaseStream), output.ReadAsync(process.StandardError.BaseStream));
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await process.WaitForExitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellation.ThrowIfCancellationRequested();
            return JobResult.None(order.Ordinal, Reasons.JobTimedOut, $"it did not end within {timeout.TotalSeconds:0.#} s");
        }

        await Task.WhenAny(reading, Task.Delay(Remains, time, CancellationToken.None));
        return new JobResult(order.Ordinal, process.ExitCode, output.Text);
    }

    private ProcessStartInfo Start(JobOrder order)
    {
        var own = environment.Concat(order.Env).GroupBy(e => e.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Last().Value, StringComparer.Ordinal);
        var words = order.Command.Concat(order.Args).Select(word => Expand(word, own)).ToList();
        var start = new ProcessStartInfo(words[0], words.Skip(1))
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in own)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    /// <summary>As the kubelet: <c>$(NAME)</c> of a variable of the container is its value, <c>$$(</c> is <c>$(</c>, everything else stays.</summary>
    internal static string Expand(string word, IReadOnlyDictionary<string, string> variables) => Reference().Replace(word, match =>
        match.Value.StartsWith("$$", StringComparison.Ordinal) ? match.Value[1..] : variables.GetValueOrDefault(match.Groups[1].Value, match.Value));

    [GeneratedRegex(@"\$?\$\(([^()]*)\)")]
    private static partial Regex Reference();

    /// <summary>The first octets of both streams, as they come: what a container's log would have.</summary>
    private sealed class Capture
    {
        private readonly MemoryStream _kept = new();

        public string Text
        {
            get
            {
                lock (_kept)
                {
                    return Encoding.UTF8.GetString(_kept.ToArray());
                }
            }
        }

        public async Task ReadAsync(Stream stream)
        {
            var buffer = new byte[4096];
            try
            {
                // To the end in any case: a program must not wait for a reader.
                while (await stream.ReadAsync(buffer, CancellationToken.None) is > 0 and var read)
                {
                    lock (_kept)
                    {
                        _kept.Write(buffer, 0, (int)Math.Min(read, JobStep.MostOutput - _kept.Length));
                    }
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
