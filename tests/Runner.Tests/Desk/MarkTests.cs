using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Desk;

/// <summary>Which run <c>loadtest mark</c> means; each case with a folder for temporary files of its own, so that it sees its own runs alone.</summary>
public sealed class MarkTests : IDisposable
{
    private const string Manifest =
        """
        apiVersion: loadtest.dev/v1alpha1
        kind: LoadTest
        metadata: {name: NAME}
        spec:
          flows: {f: [{sleep: 100ms}]}
          scenarios: {s: {executor: constant-vus, vus: 1, duration: 10m}}
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("loadtest-marks-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task One_run_needs_no_name_several_are_listed_and_none_is_an_error()
    {
        var own = _folder.CreateSubdirectory($"loadtest-{Environment.UserName}");
        // A process that lives, but not this run: its number was given to somebody else.
        File.WriteAllText(Path.Combine(own.FullName, "1.marks"), "# gone\n");
        File.WriteAllText(Path.Combine(own.FullName, "2147483600.marks"), "");
        Assert.Equal((112, "loadtest: no run at the desk takes marks now"), await MarkAsync());
        Assert.DoesNotContain(own.EnumerateFiles(), f => f.Name.StartsWith("2147483600", StringComparison.Ordinal));

        await using var first = await StartAsync("first");
        var (code, said) = await MarkAsync();
        Assert.Equal(0, code);
        Assert.Matches($@"^run {first.Id} \(first\) is marked: deploy at \d\d:\d\d:\d\d\.\d\d\d$", said);
        Assert.Matches(@"deploy from \S+ to \S+$", (await MarkAsync("--for", "30s")).Said);

        var second = await StartAsync("second");
        (code, said) = await MarkAsync();
        Assert.Equal(112, code);
        Assert.StartsWith("loadtest: several runs take marks; choose one with --run:", said, StringComparison.Ordinal);
        Assert.Contains($"{first.Id} (first)", said, StringComparison.Ordinal);
        Assert.Contains($"{second.Id} (second)", said, StringComparison.Ordinal);
        Assert.Equal(0, (await MarkAsync("--run", $"{second.Id}")).Code);
        (code, said) = await MarkAsync("--run", "1");
        Assert.Equal(112, code);
        Assert.StartsWith("loadtest: no run 1 takes marks now; these do:", said, StringComparison.Ordinal);

        // Killed, it leaves its file behind.
        await second.DisposeAsync();
        Assert.Contains($"run {first.Id} (first) is marked", (await MarkAsync()).Said, StringComparison.Ordinal);
    }

    private Dictionary<string, string> Own => new() { ["TMPDIR"] = _folder.FullName };

    private async Task<LoadtestProcess> StartAsync(string name)
    {
        var file = Path.Combine(_folder.FullName, $"{name}.yaml");
        await File.WriteAllTextAsync(file, Manifest.Replace("NAME", name, StringComparison.Ordinal));
        var process = LoadtestProcess.Start(["run", file], Own);
        await Eventually.SeeAsync($"{name} is running", () => Task.FromResult(process.Output + process.Error), o => o.Contains("running", StringComparison.Ordinal));
        return process;
    }

    private async Task<(int Code, string Said)> MarkAsync(params string[] arguments)
    {
        await using var process = LoadtestProcess.Start(["mark", "deploy", .. arguments], Own);
        var code = await process.ExitAsync();
        return (code, (process.Output + process.Error).Trim());
    }
}
