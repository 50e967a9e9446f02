using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Desk;

/// <summary>What can be known before the run ends it before the run, with exit code 104 and a sentence; and a run whose load comes from its environment.</summary>
public sealed class InputTests : IDisposable
{
    private const string Head = "apiVersion: loadtest.dev/v1alpha1\nkind: LoadTest\nmetadata: {name: inputs}\nspec:\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("loadtest-inputs-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("/${data.users.nme}", "6:", "the rows of 'users' have no 'nme'; there are id, name", "name")]
    [InlineData("/${data.user.name}", "6:", "there is no feeder 'user'", "users")]
    [InlineData("/${data.rows.naem}", "6:", "the rows of 'rows' have no 'naem'; there are id, name", "name")]
    [InlineData("/${vars.nme}", "6:", "nothing gives vars.nme a value", "")]
    [InlineData("/${vars.late}", "6:", "vars.late has no value here the first time", "spec.flows.f[1].set.late")]
    [InlineData("http://${env.HOST}/", "6:", "there is no environment variable 'HOST'", "-e HOST=")]
    [InlineData("${__ENV.BASE_URL}/x", "6:", "did you mean \"${env.BASE_URL}/x\"", "")]
    public async Task Names_that_nothing_has(string url, string line, string message, string more)
    {
        await Write("users.csv", "id,name\n1,a\n");
        await Write("rows.jsonl", "{\"id\": 1}\n{\"id\": 2, \"name\": \"b\"}\n");
        var (code, output, error) = await RunAsync($"""
              data: [{Brace("name: users, file: users.csv")}, {Brace("name: rows, file: rows.jsonl")}]
              flows: {Brace($"f: [{Brace($"request: {Brace($"url: \"{url}\"")}")}, {Brace("set: " + Brace("late: \"1\""))}]")}
              target: http://127.0.0.1:1
              scenarios: {Brace("s: " + Brace("executor: constant-vus, vus: 2, duration: 1m"))}
            """);
        Assert.True(code == 104, $"exit code {code}\n{output}\n{error}");
        Assert.Contains($"test.yaml:{line}", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Contains(more, error, StringComparison.Ordinal);
        Assert.DoesNotContain("Passed", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("target: \"http://${env.GONE}\"", "spec.target: there is no environment variable 'GONE'")]
    [InlineData("target: \"http://a.example/?b=c\"", "spec.target: the target is what URLs of requests are put behind, and has no query")]
    [InlineData("target: a.example", "did you mean \"http://a.example\"?")]
    [InlineData("target: \"http://a.example\"\n  data: [{name: users, file: gone.csv}]", "test.yaml:6:30: spec.data[0].file: there is no file ")]
    public async Task Targets_and_files(string fields, string message)
    {
        var (code, output, error) = await RunAsync($"  {fields}\n  flows: {Brace("f: [{request: {url: /}}]")}\n  scenarios: {Brace("s: {executor: constant-vus, duration: 1m}")}\n");
        Assert.True(code == 104, $"exit code {code}\n{output}\n{error}");
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run|test.yaml|--target|abc", "loadtest: --target: the URL must be absolute and begin with http:// or https:// (got \"abc\")")]
    [InlineData("run|test.yaml|--runners|0", "loadtest: --runners: there can be 1 to 500 runners (got \"0\")")]
    [InlineData("run|test.yaml|--vus|0", "loadtest: --vus: the value must be above 0")]
    [InlineData("run|test.yaml|--profile|smoke", "loadtest: --profile: there is no profile 'smoke': the test has none")]
    [InlineData("run|test.yaml|--data|usrs=x.csv", "loadtest: --data: the test has no feeder of that name (got \"usrs\")")]
    [InlineData("run|test.yaml|--time-scale|0", "loadtest: --time-scale: --time-scale is a factor above 0, e.g. 0.1 (got \"0\")")]
    [InlineData("run|test.yaml|--duration|30", "--duration wants a time with a unit")]
    [InlineData("run|test.yaml|--vuss|3", "loadtest run: there is no option --vuss; did you mean --vus?")]
    [InlineData("run|--quite|test.yaml", "loadtest run: there is no option --quite; did you mean --quiet?")]
    [InlineData("validate|-x|test.yaml", "loadtest validate: there is no option -x")]
    [InlineData("rnu|test.yaml", "rnu")]
    [InlineData("run", "loadtest run: ")]
    public async Task An_option_is_answered_in_a_line_or_two(string arguments, string message)
    {
        await Write("test.yaml", $"{Head}  target: http://127.0.0.1:1\n  flows: {Brace("f: [{request: {url: /}}]")}\n  scenarios: {Brace("s: {executor: constant-vus, duration: 1m}")}\n");
        var (code, output, error) = await LoadtestProcess.RunAsync([.. arguments.Split('|').Select(a => a == "test.yaml" ? Path.Combine(_folder.FullName, a) : a)]);
        Assert.True(code == 104, $"exit code {code}\n{output}\n{error}");
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain("test.yaml:", error, StringComparison.Ordinal);
        Assert.True((output + error).Split('\n').Length <= 6, output + error);
    }

    [Fact]
    public async Task The_load_of_a_run_comes_from_its_environment()
    {
        const string Manifest = Head + """
              env: [{name: RATE, value: "10"}, {name: SECONDS, value: "2"}]
              target: "${default(env.BASE_URL, 'http://127.0.0.1:1')}"
              variables: {vus: 60}
              flows: {f: [{request: {name: get, url: /}}]}
              scenarios:
                s: {executor: constant-arrival-rate, rate: "${int(default(env.RATE, '50')) * 2}", duration: "${env.SECONDS}s", preAllocatedVUs: "${vars.vus}"}
              thresholds: {http_reqs: ["count>=${int(env.RATE) / 15}"]}
              validity: {maxTaintedSeconds: 100%, maxStartSkew: 1m, deliveredRatio: 1%}
            """;
        await Write("test.yaml", Manifest);
        var file = Path.Combine(_folder.FullName, "test.yaml");
        var (_, plan, _) = await LoadtestProcess.RunAsync("plan", file, "-e", "RATE=15", "-v", "vus=70", "--target", "http://a.example");
        Assert.Contains("30.00 iterations/s for 2s", plan, StringComparison.Ordinal);
        Assert.Contains("spec.scenarios.s.rate = 30, from ${int(default(env.RATE, '50')) * 2}", plan, StringComparison.Ordinal);
        var (code, valid, error) = await LoadtestProcess.RunAsync("validate", file);
        Assert.True(code == 0, error);
        Assert.Contains("spec.target = http://127.0.0.1:1, from ${default(env.BASE_URL, 'http://127.0.0.1:1')}", valid, StringComparison.Ordinal);
        var (wrong, _, why) = await LoadtestProcess.RunAsync("run", file, "-e", "RATE=abc");
        Assert.Equal(104, wrong);
        Assert.Contains("'abc'", why, StringComparison.Ordinal);

        var run = await DeskCase.RunAsync(Manifest, "--target", "embedded", "-e", "RATE=15");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        // A slow machine drops some, and they count: the plan is what the environment says.
        var iterations = run.Metric("iterations", "count") + (run.Report.GetProperty("metrics").EnumerateArray().Any(m => m.GetProperty("name").GetString() == "dropped_iterations") ? run.Metric("dropped_iterations", "count") : 0);
        Assert.InRange(iterations, 59, 61);
    }

    private static string Brace(string text) => $"{{{text}}}";

    private Task Write(string name, string text) => File.WriteAllTextAsync(Path.Combine(_folder.FullName, name), text);

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(string spec)
    {
        await Write("test.yaml", Head + spec);
        return await LoadtestProcess.RunAsync("run", Path.Combine(_folder.FullName, "test.yaml"));
    }
}
