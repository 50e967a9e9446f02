using LoadTesting.Expressions;
using LoadTesting.Metrics;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Engine;
using LoadTesting.Runner.Tests.Http;
using LoadTesting.TestKit;
using static LoadTesting.Runner.Tests.Engine.RecordingTests;
using static LoadTesting.Runner.Tests.Engine.SpecNs;

namespace LoadTesting.Runner.Tests.Engine;

/// <summary>What steps do, seen at the server and in the metrics.</summary>
public sealed class StepTests
{
    [Fact]
    public async Task A_cookie_that_is_refused_is_said_once_without_its_value()
    {
        await using var server = RawHttpServer.Answering("HTTP/1.1 200 OK\r\nSet-Cookie: id=secret-value; Domain=elsewhere.example\r\nContent-Length: 0\r\n\r\n");
        var run = new LiveRun(server.Url, new PerVuIterationsScenario { Vus = 2, Iterations = 3 }, new RequestStep { Url = "/a" }, new RequestStep { Url = "/b" });
        await run.RunAsync();
        Assert.Equal(12, server.Requests.Count);
        var line = Assert.Single(run.Log, l => l.Contains("cookie", StringComparison.Ordinal));
        Assert.Contains("the cookie 'id' is refused: its Domain elsewhere.example is neither the host 127.0.0.1 nor above it", line);
        Assert.DoesNotContain("secret-value", string.Join('\n', run.Log));
    }

    [Fact]
    public async Task Extracted_values_go_into_later_requests()
    {
        await using var server = await KestrelServer.StartAsync();
        var run = new LiveRun(
            server.Url,
            Get("/json") with { Extract = LiveRun.Map(("id", "json.id"), ("items", "json.items")) },
            new SetStep { Values = LiveRun.Map(("double", "vars.items.map(i, i * 2)")) },
            new RequestStep
            {
                Url = "/hello?id=${vars.id}",
                Method = "POST",
                Query = LiveRun.Map(("q", "a b&${vars.items[1]}")),
                Json = Yaml(("id", "${vars.id}"), ("double", "${vars.double}"), ("text", "n=${vars.items.size()} \"quoted\""), ("vu", "${vu.id}"), ("scenario", "${scenario.name}"), ("env", "${env.KEY}")),
            });
        run.Environment["KEY"] = "from env";
        await run.RunAsync();
        var (method, path, _, body) = server.Seen.Last();
        Assert.Equal(("POST", "/hello?id=a-17&q=a%20b%262"), (method, path));
        Assert.Equal("{\"id\":\"a-17\",\"double\":[2,4,6],\"text\":\"n=3 \\\"quoted\\\"\",\"vu\":1,\"scenario\":\"s\",\"env\":\"from env\"}", body);
        Assert.Empty(run.Log);
    }

    [Fact]
    public async Task Bodies_and_headers_are_sent_as_written()
    {
        await using var server = RawHttpServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        var run = new LiveRun(
            server.Url,
            new RequestStep { Url = "/text", Method = "PUT", Body = "plain ${1 + 1}", Headers = LiveRun.Map(("x-b", "own"), ("User-Agent", "mine")) },
            new RequestStep { Url = "form", Method = "POST", Form = LiveRun.Map(("a b", "c&d"), ("e", "${vu.iteration}")) },
            new RequestStep { Url = "/json", Method = "POST", Json = new SpecScalar("1.10", ScalarKind.Float, default), Headers = LiveRun.Map(("Content-Type", "text/x")) });
        run.Spec = run.Spec with { Http = new HttpSpec { Headers = LiveRun.Map(("X-A", "a"), ("X-B", "test")) } };
        await run.RunAsync();
        var requests = server.Requests.ToArray();
        Assert.StartsWith("PUT /text ", requests[0]);
        Assert.EndsWith("\r\n\r\nplain 2", requests[0]);
        Assert.Contains("\r\nx-b: own\r\n", requests[0]);
        Assert.DoesNotContain("test", requests[0]);
        Assert.Contains("\r\nUser-Agent: mine\r\n", requests[0]);
        Assert.DoesNotContain("Content-Type", requests[0]);
        Assert.StartsWith("POST /form ", requests[1]);
        Assert.EndsWith("\r\n\r\na+b=c%26d&e=0", requests[1].Replace("%20", "+"));
        Assert.Contains("\r\nContent-Type: application/x-www-form-urlencoded\r\n", requests[1]);
        Assert.Contains($"\r\nUser-Agent: {CompiledTest.DefaultUserAgent}\r\n", requests[1]);
        Assert.EndsWith("\r\n\r\n1.10", requests[2]);
        Assert.Contains("\r\nContent-Type: text/x\r\n", requests[2]);
    }

    [Fact]
    public async Task The_target_s_path_stays_in_front()
    {
        await using var server = RawHttpServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await new LiveRun(new Uri(server.Url, "/api/v1/"), Get("/users"), Get("users"), Get("?x=1"), Get(new Uri(server.Url, "/else").ToString())).RunAsync();
        Assert.Equal(["/api/v1/users", "/api/v1/users", "/api/v1?x=1", "/else"], server.Requests.Select(r => r.Split(' ')[1]));
    }

    [Fact]
    public async Task Checks_give_one_sample_each_and_an_error_is_a_failed_check()
    {
        await using var server = await KestrelServer.StartAsync();
        var checks = LiveRun.Map(("is 200", "status == 200"), ("is 201", "status == 201"), ("has count", "json.count == 3"), ("header", "headers['content-type'].contains('text')"));
        var run = new LiveRun(server.Url, Get("/hello") with { Checks = checks }, new CheckStep { Checks = LiveRun.Map(("ran on", "true")) });
        await run.RunAsync();
        Assert.Equal((3, 5), (run.Rate("checks")!.Trues, run.Rate("checks")!.Total));
        Assert.Equal((0, 1), (run.Rate("checks", ("check", "has count"))!.Trues, run.Rate("checks", ("check", "has count"))!.Total));
        Assert.Contains(run.Log, l => l.Contains("not JSON", StringComparison.Ordinal));
        Assert.Equal((1, 0), (run.Count("iterations"), run.Count("iteration_errors")));
    }

    [Fact]
    public async Task Of_many_checks_each_has_its_own_sample()
    {
        var checks = new OrderedMap<string>(Enumerable.Range(0, 50).Select(i => KeyValuePair.Create($"c{i}", $"{i} % 3 == 0")));
        var run = new LiveRun(null, new PerVuIterationsScenario { Iterations = 2 }, new CheckStep { Checks = checks });
        await run.RunAsync();
        Assert.All(Enumerable.Range(0, 50), i => Assert.Equal((i % 3 == 0 ? 2 : 0, 2), (run.Rate("checks", ("check", $"c{i}"))!.Trues, run.Rate("checks", ("check", $"c{i}"))!.Total)));
    }

    [Fact]
    public async Task What_was_kept_of_a_user_s_numbers_stays_and_overlaid_variables_count_once()
    {
        var run = YamlRun.Of(null, """
              variables: {a: 1, b: 2}
              flows:
                main:
                  - set: {first: "default(vars.first, vu)", a: vu.iteration}
                  - check: {first: "vars.first == {'id': 1, 'iteration': 0}", now: "vu == {'id': 1, 'iteration': iteration} && vars.a == iteration", count: "size(vars) == 3 && size(vu) == 2"}
              scenarios: {s: {executor: per-vu-iterations, iterations: 3, exec: main}}
            """);
        await run.RunAsync();
        Assert.Empty(run.Log);
        Assert.Equal((9, 9), (run.Rate("checks")!.Trues, run.Rate("checks")!.Total));
    }

    [Fact]
    public async Task An_expression_that_fails_ends_the_iteration_and_is_said_once()
    {
        await using var server = await KestrelServer.StartAsync();
        var run = new LiveRun(server.Url, new PerVuIterationsScenario { Vus = 2, Iterations = 20 }, Get("/hello") with { Extract = LiveRun.Map(("id", "json.id")) }, Get("/json"));
        await run.RunAsync();
        Assert.Equal((40, 40, 40), (run.Count("iterations"), run.Count("iteration_errors"), run.Count("http_reqs")));
        Assert.Contains("extract id", Assert.Single(run.Log));
    }

    [Fact]
    public async Task A_URL_that_is_none_gives_no_sample_and_an_error_that_checks_see()
    {
        var run = new LiveRun(null, Get("gopher://${vu.id}") with { Checks = LiveRun.Map(("code", "error_code == 1020 && status == 0")) });
        await run.RunAsync();
        Assert.Equal((0, 1), (run.Count("http_reqs"), run.Rate("checks")!.Trues));
    }

    [Fact]
    public async Task Credentials_in_a_URL_authenticate_and_are_in_no_tag()
    {
        await using var server = RawHttpServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        var run = new LiveRun(null, Get($"http://me:p%40ss@127.0.0.1:{server.Port}/x?a=b@c"));
        await run.RunAsync();
        Assert.Contains($"\r\nAuthorization: Basic {Convert.ToBase64String("me:p@ss"u8)}\r\n", Assert.Single(server.Requests));
        Assert.Equal(1, run.Count("http_reqs", ("name", $"http://****:****@127.0.0.1:{server.Port}/x?a=b@c")));
        Assert.DoesNotContain(run.Snapshot.Series, s => s.Key.ToString().Contains("ss@", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_header_cannot_smuggle_another_one_in()
    {
        await using var server = await KestrelServer.StartAsync();
        var run = new LiveRun(server.Url, Get("/hello") with { Headers = LiveRun.Map(("X-A", "${'a\\r\\nX-B: b'}")) });
        await run.RunAsync();
        Assert.Equal((0, 1), (run.Count("http_reqs"), run.Count("iteration_errors")));
        Assert.Contains("line break", Assert.Single(run.Log));
    }

    [Fact]
    public async Task Conditions_choose_steps_and_variables_outlive_iterations()
    {
        await using var server = await KestrelServer.StartAsync();
        var run = new LiveRun(
            server.Url,
            new PerVuIterationsScenario { Iterations = 3 },
            Get("/json") with { When = "vu.iteration == 0", Extract = LiveRun.Map(("token", "json.id")) },
            Get("/hello?t=${vars.token}&i=${iteration}") with { Name = "hello" },
            Get("/get") with { When = "iteration > 5" });
        await run.RunAsync();
        Assert.Equal(["/json", "/hello?t=a-17&i=0", "/hello?t=a-17&i=1", "/hello?t=a-17&i=2"], server.Seen.Select(s => s.Path));
    }

    [Fact]
    public async Task Custom_metrics_are_recorded_with_their_type_and_unit()
    {
        await using var server = await KestrelServer.StartAsync();
        var run = new LiveRun(server.Url, new PerVuIterationsScenario { Iterations = 4 }, Get("/json") with
        {
            Record =
            [
                new RecordSpec { Metric = "orders", Type = CustomMetricType.Counter, When = "status == 200" },
                new RecordSpec { Metric = "never", Type = CustomMetricType.Counter, When = "status == 500" },
                new RecordSpec { Metric = "is_even", Type = CustomMetricType.Rate, When = "iteration % 2 == 0" },
                new RecordSpec { Metric = "size", Type = CustomMetricType.Trend, Value = "json.count" },
                new RecordSpec { Metric = "took", Type = CustomMetricType.Trend, Value = "250", IsTime = true, Tags = LiveRun.Map(("kind", "x")) },
                new RecordSpec { Metric = "level", Type = CustomMetricType.Gauge, Value = "iteration" },
                new RecordSpec { Metric = "broken", Type = CustomMetricType.Trend, Value = "json.nothing" },
            ],
        });
        await run.RunAsync();
        Assert.Equal((4, 0), (run.Count("orders", ("scenario", "s")), run.Count("never")));
        Assert.Equal((2, 4), (run.Rate("is_even")!.Trues, run.Rate("is_even")!.Total));
        Assert.Equal((3, 4), (run.Trend("size")!.Max, run.Trend("size")!.Count));
        Assert.Equal(0.25, run.Trend("took", ("kind", "x"))!.Max);
        Assert.Equal((3, 0), (((GaugeValue)run.Snapshot.Select("level")!).Current, ((GaugeValue)run.Snapshot.Select("level")!).Min));
        Assert.Null(run.Trend("broken"));
        Assert.Equal(0, run.Count("iteration_errors"));
    }

    [Fact]
    public async Task Cookies_last_for_an_iteration_and_can_be_switched_off()
    {
        await using var server = await KestrelServer.StartAsync();
        var run = new LiveRun(server.Url, new PerVuIterationsScenario { Iterations = 2 }, Get("/login"), Get("/get"));
        await run.RunAsync();
        Assert.Equal(["", "session=s-1", "session=s-1", "", "session=s-1", "session=s-1"], server.Seen.Select(s => s.Cookie));
        run.Spec = run.Spec with { Http = new HttpSpec { Cookies = false } };
        await run.RunAsync();
        Assert.All(server.Seen.Skip(6), s => Assert.Equal("", s.Cookie));
    }

    [Fact]
    public async Task A_mix_meets_its_weights()
    {
        await using var server = await KestrelServer.StartAsync();
        var scenario = new SharedIterationsScenario { Vus = 4, Iterations = 200, Mix = [new MixEntry("browse", 70), new MixEntry("order", 30)] };
        var run = new LiveRun(server.Url, scenario);
        run.Spec = run.Spec with { Flows = LiveRun.Map<IReadOnlyList<StepSpec>>(("browse", [Get("/hello")]), ("order", [Get("/get")])) };
        await run.RunAsync();
        Assert.InRange(run.Count("http_reqs", ("name", "/hello")), 138, 142);
        Assert.Equal(200, run.Count("http_reqs"));
    }

    [Fact]
    public async Task Setup_extracts_for_everybody_and_counts_as_no_iteration()
    {
        await using var server = await KestrelServer.StartAsync();
        var run = new LiveRun(server.Url, Get("/hello?id=${setup.id}") with { Name = "x" });
        run.Spec = run.Spec with { Setup = [Get("/json") with { Extract = LiveRun.Map(("id", "json.id")) }] };
        var setup = await run.OnceAsync(OncePhase.Setup);
        Assert.True(setup.RanToEnd);
        Assert.Empty(setup.Failures);
        Assert.Equal((1, 0), (run.Count("http_reqs", ("group", "::setup")), run.Count("iterations")));
        Assert.True(run.Count("data_received", ("group", "::setup")) > 0);
        run.Setup = setup.Values;
        await run.RunAsync();
        Assert.Equal("/hello?id=a-17", server.Seen.Last().Path);
    }

    [Fact]
    public async Task Verify_names_everything_that_was_not_as_expected()
    {
        await using var server = await KestrelServer.StartAsync();
        var run = new LiveRun(server.Url);
        run.Spec = run.Spec with
        {
            Verify = [Get("/json") with { Checks = LiveRun.Map(("sold 100", "json.count == 100"), ("fine", "true")) }, Get("/status/500"), Get("/hello") with { Extract = LiveRun.Map(("a", "json.a")) }, Get("/get")],
        };
        var end = await run.OnceAsync(OncePhase.Verify);
        Assert.False(end.RanToEnd);
        Assert.Equal(3, end.Failures.Count);
        Assert.Contains("sold 100", end.Failures[0]);
        Assert.Contains("500", end.Failures[1]);
        Assert.Contains("extract a", end.Failures[2]);
        Assert.DoesNotContain(server.Seen, s => s.Path == "/get");
        Assert.Equal(OnceEnd.Nothing, await run.OnceAsync(OncePhase.Teardown));
    }

    [Fact]
    public void Everything_that_cannot_be_compiled_is_a_problem_at_its_place()
    {
        var run = new LiveRun(
            null,
            new PerVuIterationsScenario { Exec = "nowhere" },
            Get("/${1 +}") with
            {
                When = "status ==",
                Checks = LiveRun.Map(("c", "no_such_name")),
                Headers = LiveRun.Map(("X", "${")),
                Json = Yaml(("deep", "${)}")),
                Record = [new RecordSpec { Metric = "http_reqs", Type = CustomMetricType.Trend }, new RecordSpec { Metric = "x y", Type = CustomMetricType.Counter }],
            },
            new SetStep { Values = LiveRun.Map(("v", "1 +")) });
        var compilation = CompiledTest.Compile(run.Spec, new Dictionary<string, string>());
        Assert.Null(compilation.Test);
        Assert.Equal(
            [
                "spec.flows.flow[0].request.checks.c", "spec.flows.flow[0].request.headers.X", "spec.flows.flow[0].request.json.deep", "spec.flows.flow[0].request.record[0]",
                "spec.flows.flow[0].request.record[1]", "spec.flows.flow[0].request.url", "spec.flows.flow[0].when", "spec.flows.flow[1].set.v", "spec.scenarios.s.exec",
            ],
            compilation.Problems.Select(p => p.Path).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_pause_ends_with_the_interruption()
    {
        using var kill = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var run = new LiveRun(null, new SleepStep { Min = Ms(3_600_000), Max = Ms(3_600_000) }) { Kill = kill.Token };
        await run.RunAsync();
        Assert.Equal((1, true), (run.Count("interrupted_iterations"), run.End.WasStopped));
    }

    [Fact]
    public void Variables_keep_no_reference_to_themselves()
    {
        var test = CompiledTest.Compile(new LiveRun(null).Spec, new Dictionary<string, string>()).Test!;
        var activation = new VuActivation(test, () => CelValue.Of(CelMap.Empty), 1, new VuHost(1, TimeProvider.System));
        activation.BeginScope(test.Scenario("s"));
        var vars = CelCompiler.Compile("{'inner': vars}", Model.Spec.ExpressionScopes.Flow).Program!;
        for (var i = 0; i < 3; i++) activation.SetVariable($"v{i}", vars.Evaluate(activation));
        Assert.Equal("{\"v0\":{\"inner\":{}},\"v1\":{\"inner\":{\"v0\":{\"inner\":{}}}}}", CelJson.ToText(CelValue.Of(CelMap.Of(activation.Own.Take(2)))));
    }

    private static SpecMap Yaml(params (string Key, string Text)[] entries) =>
        new([.. entries.Select(e => new SpecEntry(e.Key, default, new SpecScalar(e.Text, ScalarKind.String, default)))], default);
}
