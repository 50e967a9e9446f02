using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Cli;

/// <summary>How <c>rerun</c> and <c>stop</c> take what kubectl says; on a real cluster EndToEnd.Tests has them.</summary>
public sealed class ClusterCommandsTests
{
    [Theory]
    [InlineData("stop x", "echo '{\"status\":{\"run\":\"x-1\",\"phase\":\"Finished\"}}'", 112, "x has no run in progress")]
    [InlineData("stop x", "echo '{}'", 112, "x has no run in progress")]
    [InlineData("stop x", "echo 'no such LoadTest' >&2; exit 1", 112, "no such LoadTest")]
    [InlineData("stop x -n shop --context east", "case \"$*\" in 'get loadtest x -o json --context east --namespace shop') echo '{\"status\":{\"run\":\"x-1\",\"phase\":\"Running\"}}';; *) echo \"$*\";; esac", 0, "patch loadtestrun x-1 --type=merge -p {\"spec\":{\"abort\":true}} --context east --namespace shop")]
    [InlineData("rerun x --wait 2s", "case $1 in get) echo '{\"status\":{\"run\":\"x-1\",\"phase\":\"Finished\",\"verdict\":\"Passed\"}}';; esac", 112, "no verdict of a new run of x within 2 s; last seen: run x-1, phase Finished")]
    [InlineData("rerun x --wait soon", "true", 104, "--wait wants a time with a unit, as in 10m, got \"soon\"")]
    public async Task What_kubectl_says_decides(string arguments, string kubectl, int code, string says)
    {
        var folder = Directory.CreateTempSubdirectory("kubectl");
        try
        {
            var program = Path.Combine(folder.FullName, "kubectl");
            await File.WriteAllTextAsync(program, $"#!/bin/sh\n{kubectl}\n");
            await CommandResult.RunAsync("chmod", ["+x", program], null, TimeSpan.FromMinutes(1));
            await using var process = LoadtestProcess.Start(arguments.Split(' '), new Dictionary<string, string> { ["PATH"] = $"{folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}" });

            Assert.Equal(code, await process.ExitAsync());
            Assert.Contains(says, process.Output + process.Error, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
