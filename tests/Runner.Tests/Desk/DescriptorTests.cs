using System.Net;
using LoadTesting.Runner.Target;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Desk;

/// <summary>A limit of open files that is too small for the load: said, not died of.</summary>
public sealed class DescriptorTests
{
    [SkippableFact]
    public async Task Connections_leave_descriptors_to_the_program_which_says_that_there_were_too_few()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "limits are set by a shell's ulimit");
        await using var target = await TargetServer.StartAsync(IPAddress.Loopback, 0, TimeProvider.System);
        var manifest = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(
                manifest,
                $$"""
                apiVersion: loadtest.dev/v1alpha1
                kind: LoadTest
                metadata: {name: files}
                spec:
                  target: {{target.Url}}
                  flows: {f: [{request: {name: get, url: /delay/100} }] }
                  scenarios: {s: {executor: constant-vus, vus: 600, duration: 4s} }
                """);
            var run = await CommandResult.RunAsync(
                "bash", ["-c", "ulimit -n 230; exec dotnet \"$@\"", "run", Path.Combine(AppContext.BaseDirectory, "loadtest.dll"), "run", manifest, "--quiet"], null, TimeSpan.FromMinutes(2));
            Assert.True(run.ExitCode == 111, $"exit code {run.ExitCode}\n{run.Output}\n{run.Error}");
            Assert.Contains("out of file descriptors", run.Output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(manifest);
        }
    }
}
