using LoadTesting.Runner.Target;
using LoadTesting.TestKit;

namespace LoadTesting.Suites.Tests;

/// <summary>Smaller and shorter, from the command line.</summary>
public sealed class QuickOverrideTests
{
    [Fact]
    [Trait("covers", "000-12 000-95 003-18")]
    public async Task Users_and_duration_from_the_command_line_replace_the_scenario_and_say_so()
    {
        var run = await Suite.PassAsync("chat/smoke.yaml", new Scaling { Latency = 2, Pauses = 0.1 }, TargetBehaviour.Documented, "--vus", "3", "--duration", "2s");
        Assert.Equal(3, run.Metric("vus", "max"));
        Assert.Contains("--vus and --duration replaced smoke", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("covers", "003-40")]
    public async Task Exactly_one_percent_is_not_below_one_percent()
    {
        var run = await RunAsync(
            """
              flows: {f: [{request: {name: one in a hundred, url: /fail/0.01}}]}
              scenarios: {s: {executor: shared-iterations, vus: 2, iterations: 100}}
              thresholds: {http_req_failed: ["rate<0.01", "rate<=0.01"]}
            """,
            "embedded");
        Assert.Equal(99, run.ExitCode);
        Assert.Contains("✗ 'rate<0.01' 1%", run.Output, StringComparison.Ordinal);
        Assert.Contains("✓ 'rate<=0.01' 1%", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("covers", "000-97")]
    public async Task A_target_that_does_not_get_ready_is_an_error_and_no_result()
    {
        var run = await RunAsync(
            """
              ready: {timeout: 1s, http: [{url: /health}]}
              flows: {f: [{request: {url: /}}]}
              scenarios: {s: {executor: per-vu-iterations}}
            """,
            $"http://127.0.0.1:{FreePort.Next()}");
        Assert.Equal(112, run.ExitCode);
        Assert.Contains("/health", run.Output, StringComparison.Ordinal);
    }

    private static async Task<CommandResult> RunAsync(string spec, string target)
    {
        var folder = Directory.CreateTempSubdirectory("loadtest-suite-");
        try
        {
            var file = Path.Combine(folder.FullName, "test.yaml");
            await File.WriteAllTextAsync(file, $"apiVersion: loadtest.dev/v1alpha1\nkind: LoadTest\nmetadata: {{name: small}}\nspec:\n{spec}");
            return await Suite.CommandAsync(["run", file, "--target", target]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
