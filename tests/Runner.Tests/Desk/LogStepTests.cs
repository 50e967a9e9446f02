using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Desk;

/// <summary><c>log</c> steps at the desk: on the error stream, bounded, without secrets or controls.</summary>
public sealed class LogStepTests : IDisposable
{
    private const string Head = "apiVersion: loadtest.dev/v1alpha1\nkind: LoadTest\nmetadata: {name: logs}\nspec:\n  target: http://127.0.0.1:9\n";

    private const string Greeting = Head +
        """
          env: [{name: KEY, valueFrom: {secretKeyRef: {name: s, key: k}}}]
          setup: [{log: "in setup"}]
          teardown: [{log: "in teardown"}]
          flows: {f: [{log: "hello ${vu.id}"}, {log: "key ${env.KEY}"}, {log: "\e[31mred\nforged line\a"}]}
          scenarios: {greet: {executor: per-vu-iterations, vus: 1, iterations: 20}}
        """;

    private const string Flood = Head +
        """
          flows: {f: [{log: "line ${iteration}"}]}
          scenarios: {s: {executor: shared-iterations, vus: 1, iterations: 3000}}
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("loadtest-log-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData()]
    [InlineData("--full")]
    [InlineData("--out", "json=-")]
    public async Task A_log_step_is_read_on_the_error_stream_with_time_scenario_and_user(params string[] arguments)
    {
        var (_, output, error) = await RunAsync(Greeting, arguments);
        Assert.Matches(@"(?m)^\d\d:\d\d:\d\d\.\d\d\d greet VU 1: hello 1$", error);
        Assert.Matches(@"(?m)^\S+ setup VU 0: in setup$", error);
        Assert.Matches(@"(?m)^\S+ teardown VU 0: in teardown$", error);
        Assert.Matches(@"(?m)^\S+ greet VU 1: key \*\*\*\*$", error);
        Assert.Matches(@"(?m)^\S+ greet VU 1: \\u001b\[31mred\\nforged line\\u0007$", error);
        Assert.DoesNotContain("hello", output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", output + error, StringComparison.Ordinal);
        Assert.Equal(5, error.Split('\n').Count(l => l.Contains(" VU ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Quiet_prints_nothing_but_the_verdict()
    {
        var (_, output, error) = await RunAsync(Greeting, "--quiet");
        Assert.Empty(error);
        Assert.Single(output.Trim().Split('\n'));
    }

    [Fact]
    public async Task A_flood_is_bounded_and_what_was_left_out_is_counted()
    {
        var (_, _, error) = await RunAsync(Flood);
        var lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var said = lines.Count(l => l.Contains(": line ", StringComparison.Ordinal));
        var leftOut = lines.Select(l => l.Split(' ')).Where(w => w is [_, _, "lines", "of", "log", "steps", ..]).Sum(w => int.Parse(w[1], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(3000, said + leftOut);
        Assert.True(said < 1500, error);
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(string manifest, params string[] arguments)
    {
        var file = Path.Combine(_folder.FullName, "test.yaml");
        await File.WriteAllTextAsync(file, DeskCase.Trusting(manifest));
        await using var process = LoadtestProcess.Start(["run", file, .. arguments], new Dictionary<string, string> { ["KEY"] = "hunter2" });
        return (await process.ExitAsync(), process.Output, process.Error);
    }
}
