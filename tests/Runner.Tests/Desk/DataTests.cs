using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Desk;

/// <summary>Feeders on the wire: which rows a server saw.</summary>
public sealed class DataTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("loadtest-data-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Unique_rows_are_used_once_each_by_any_number_of_runners(int runners)
    {
        await System.IO.File.WriteAllLinesAsync(File("users.csv"), ["id,name", .. Enumerable.Range(0, 60).Select(i => $"{i},user-{i}")]);
        var (seen, run) = await RunAsync(
            """
            data: [{name: users, file: users.csv, pick: unique}]
            flows: {get: [{request: {name: get, url: "/${data.users.id}/${data.users.name}"}}]}
            scenarios:
              each: {executor: per-vu-iterations, vus: 4, iterations: 5}
              shared: {executor: shared-iterations, vus: 3, iterations: 20}
              open: {executor: constant-arrival-rate, rate: 20, duration: 1s, preAllocatedVUs: 20, maxVUs: 40}
            """,
            "--runners",
            $"{runners}");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Equal(Enumerable.Range(0, 60).Select(i => $"/{i}/user-{i}").Order(), seen.Order());
    }

    [Fact]
    public async Task Sequential_and_random_rows_are_the_same_for_any_number_of_runners_and_json_rows_keep_their_types()
    {
        await System.IO.File.WriteAllTextAsync(File("rows.json"), """[{"n": 1}, {"n": 2}, {"n": 3}, {"n": 4}, {"n": 5}, {"n": 6}, {"n": 7}]""");
        const string Test = """
            data:
              - {name: numbers, file: rows.json}
              - {name: letters, rows: [a, b, c, d, e, f, g, h], pick: random}
            flows: {get: [{request: {name: get, url: "/${iteration}/${data.numbers.n + 100}/${data.letters}"}}]}
            scenarios: {each: {executor: per-vu-iterations, vus: 3, iterations: 7}}
            """;
        var (one, _) = await RunAsync(Test);
        var (two, _) = await RunAsync(Test, "--runners", "2");
        Assert.Equal(one.Order(), two.Order());
        Assert.Equal(Enumerable.Range(0, 21).Select(i => $"/{i}/{101 + (i % 7)}").Order(), one.Select(p => p[..p.LastIndexOf('/')]).Order());
        Assert.True(one.Select(p => p[^1]).Distinct().Count() > 3, string.Join(' ', one));
    }

    [Fact]
    public async Task A_row_per_vu_stays_with_the_vu()
    {
        await System.IO.File.WriteAllTextAsync(File("rows.jsonl"), "{\"t\": \"x\"}\n{\"t\": \"y\"}\n{\"t\": \"z\"}\n");
        var (seen, run) = await RunAsync(
            """
            data: [{name: tokens, file: rows.jsonl, pick: unique, per: vu}]
            flows: {get: [{request: {name: get, url: "/${vu.id}/${data.tokens.t}"}}]}
            scenarios: {each: {executor: per-vu-iterations, vus: 3, iterations: 2}}
            """,
            "--runners",
            "2");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Equal(["/1/x", "/1/x", "/2/y", "/2/y", "/3/z", "/3/z"], seen.Order());
    }

    [Theory]
    [InlineData("fail", 112, 10)]
    [InlineData("stop", 0, 10)]
    [InlineData("wrap", 0, 0)]
    public async Task When_unique_rows_run_out_the_policy_decides(string policy, int exitCode, int requests)
    {
        var (seen, run) = await RunAsync(
            $$$"""
            data: [{name: rows, rows: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], pick: unique, onExhausted: {{{policy}}}}]
            flows: {get: [{request: {name: get, url: "/${data.rows}"}}, {sleep: 20ms}]}
            scenarios: {loop: {executor: constant-vus, vus: 2, duration: 2s, gracefulStop: 1s}}
            """);
        Assert.True(run.ExitCode == exitCode, run.Output + run.Error);
        if (policy == "wrap")
        {
            Assert.True(seen.Count > 10, $"{seen.Count} requests");
        }
        else
        {
            Assert.Equal(Enumerable.Range(1, requests).Select(i => $"/{i}").Order(), seen.Order());
            Assert.Equal(policy == "fail" ? "DataExhausted" : "NothingJudged", run.Report.GetProperty("reason").GetString());
        }
    }

    [Fact]
    public async Task Setup_sees_all_rows_as_a_list()
    {
        var (seen, run) = await RunAsync(
            """
            data: [{name: users, rows: [{id: a}, {id: b}]}]
            setup: [{request: {url: "/${size(data.users)}/${data.users[1].id}"}}]
            flows: {get: [{request: {name: get, url: "/flow"}}]}
            scenarios: {each: {executor: per-vu-iterations}}
            """);
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Equal(["/2/b", "/flow"], seen);
    }

    [Fact]
    public async Task Missing_files_unreadable_rows_and_too_few_of_them_are_all_said_before_anything_runs()
    {
        await System.IO.File.WriteAllTextAsync(File("bad.csv"), "a,b\n1\n");
        await System.IO.File.WriteAllTextAsync(File("few.csv"), "a\n1\n2\n");
        await System.IO.File.WriteAllTextAsync(File("none.json"), "[]");
        var (seen, run) = await RunAsync(
            """
            data:
              - {name: gone, file: gone.csv}
              - {name: bad, file: bad.csv}
              - {name: few, file: few.csv, pick: unique}
              - {name: none, file: none.json}
              - {name: cluster, configMap: {name: c, key: k.csv}}
            flows: {get: [{request: {name: get, url: "/${data.few.a}"}}]}
            scenarios: {each: {executor: per-vu-iterations, vus: 3}}
            """);
        Assert.Equal(104, run.ExitCode);
        Assert.Empty(seen);
        foreach (var expected in new[]
        {
            "spec.data[0].file: there is no file ", "bad.csv: line 2: 1 field, and the header has 2", "'few' has 2 rows, and the plan needs 3", "'none' has no rows",
            "spec.data[4]: the rows of 'cluster' come from key 'k.csv' of ConfigMap 'c', which only a cluster has; give a file beside it, or pass --data cluster=FILE",
        })
        {
            Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_of_the_command_line_stands_in_for_a_config_map()
    {
        await System.IO.File.WriteAllTextAsync(File("here.csv"), "a\n1\n");
        var (seen, run) = await RunAsync(
            """
            data: [{name: rows, configMap: {name: c, key: k.json}}]
            flows: {get: [{request: {name: get, url: "/${data.rows.a}"}}]}
            scenarios: {each: {executor: per-vu-iterations}}
            """,
            "--data",
            $"rows={File("here.csv")}");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Equal(["/1"], seen);
    }

    private string File(string name) => Path.Combine(_folder.FullName, name);

    private async Task<(List<string> Paths, DeskOutcome Run)> RunAsync(string spec, params string[] arguments)
    {
        await using var server = RawHttpServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        var file = File("test.yaml");
        await System.IO.File.WriteAllTextAsync(file, $"""
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {"{"}name: data{"}"}
            spec:
              target: {server.Url}
              {spec.ReplaceLineEndings("\n  ")}
            """);
        var report = File("report.json");
        var (code, output, error) = await LoadtestProcess.RunAsync(["run", file, "--out", $"json={report}", .. arguments]);
        var json = System.IO.File.Exists(report) ? await System.IO.File.ReadAllTextAsync(report) : null;
        return ([.. server.Requests.Select(r => r.Split(' ')[1])], new DeskOutcome(code, output, error, json));
    }
}
