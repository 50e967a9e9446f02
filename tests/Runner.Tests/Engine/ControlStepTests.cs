using LoadTesting.Model.Spec;
using LoadTesting.Runner.Engine;
using LoadTesting.Runner.Engine.Compilation;
using LoadTesting.Runner.Tests.Http;
using LoadTesting.TestKit;
using static LoadTesting.Runner.Tests.Engine.SpecNs;

namespace LoadTesting.Runner.Tests.Engine;

/// <summary>Steps that steer other steps, seen at the server and in the metrics.</summary>
public sealed class ControlStepTests
{
    [Fact]
    public async Task Loops_run_as_often_as_they_say()
    {
        await using var server = await KestrelServer.StartAsync();
        var run = YamlRun.OnceThrough(server.Url, """
                  - set: {n: "2", left: "5"}
                  - repeat: {times: 3, as: i, steps: [{request: {url: "/get?i=${vars.i}", name: a}}]}
                  - repeat: {times: "vars.n", steps: [{request: {url: /get, name: b}}]}
                  - repeat: {each: "['x', {'y': 1}]", as: item, steps: [{request: {url: "/get?item=${vars.item}", name: c}}]}
                  - repeat: {while: "vars.left > 0", atMost: 100, steps: [{set: {left: "vars.left - 1"}}, {request: {url: /get, name: d}}]}
                  - repeat: {while: "true", atMost: 4, steps: [{request: {url: /get, name: e}}]}
                  - repeat: {times: 0, steps: [{request: {url: /get, name: never}}]}
            """);
        await run.RunAsync();
        Assert.Equal(
            [3, 2, 2, 5, 4, 0],
            new[] { "a", "b", "c", "d", "e", "never" }.Select(n => run.Count("http_reqs", ("name", n))));
        Assert.Equal(["/get?i=0", "/get?i=1", "/get?i=2", "/get", "/get", "/get?item=x", "/get?item=%7B%22y%22:1%7D"], server.Seen.Take(7).Select(s => s.Path));
        Assert.Empty(run.Log);
    }

    [Fact]
    public async Task Samples_are_recorded_outside_of_requests_too()
    {
        var run = YamlRun.OnceThrough(null, """
                  - set: {items: "12"}
                  - group: {name: basket, steps: [{record: [{trend: basket_size, value: vars.items}, {counter: big_baskets, when: vars.items > 10}, {counter: huge_baskets, when: vars.items > 100}, {rate: is_big, value: vars.items > 100}]}]}
                  - record: [{trend: basket_size, value: "[1][iteration + 5]"}, {counter: rounds, value: "3", tags: {kind: x}}]
            """);
        await run.RunAsync();
        Assert.Equal((1, 12.0), (run.Trend("basket_size", ("group", "::basket"))!.Count, run.Trend("basket_size")!.Max));
        Assert.Equal((1, 0, 3), (run.Count("big_baskets"), run.Count("huge_baskets"), run.Count("rounds", ("kind", "x"))));
        Assert.Equal((0, 1), (run.Rate("is_big")!.Trues, run.Rate("is_big")!.Total));
        Assert.Contains("index 5 is not in", Assert.Single(run.Log), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{times: \"0 - vu.id\", steps: [{sleep: 0s}]}", "times lies between")]
    [InlineData("{each: \"[[1]][iteration + 5]\", steps: [{sleep: 0s}]}", "index 5 is not in")]
    [InlineData("{while: \"[true][iteration + 5]\", atMost: 3, steps: [{sleep: 0s}]}", "index 5 is not in")]
    public async Task A_loop_that_cannot_be_evaluated_ends_the_iteration_with_an_error(string repeat, string said)
    {
        var run = YamlRun.OnceThrough(null, $"      - repeat: {repeat}");
        await run.RunAsync();
        Assert.Equal((1, 1), (run.Count("iterations"), run.Count("iteration_errors")));
        Assert.Contains(said, Assert.Single(run.Log));
        Assert.Contains("spec.flows.main[0]", run.Log[0]);
    }

    [Fact]
    public async Task A_loop_without_a_pause_ends_with_the_interruption()
    {
        using var kill = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var run = YamlRun.OnceThrough(null, "      - repeat: {times: 100000, steps: [{repeat: {times: 100000, steps: [{set: {x: \"1\"}}]}}]}");
        run.Kill = kill.Token;
        await run.RunAsync();
        Assert.Equal(1, run.Count("interrupted_iterations"));
    }

    [Fact]
    public async Task Groups_nest_and_tag_everything_inside_also_in_called_flows()
    {
        await using var server = await KestrelServer.StartAsync();
        var run = YamlRun.Of(server.Url, """
              flows:
                page:
                  - request: {url: /get, name: page, checks: {ok: "status == 200"}, record: [{counter: pages_seen}]}
                main:
                  - call: page
                  - group:
                      name: outer
                      steps:
                        - group: {name: inner, steps: [{call: page}, {sleep: 30ms}]}
                        - call: page
              scenarios: {s: {executor: per-vu-iterations, iterations: 2, exec: main}}
            """);
        await run.RunAsync();
        Assert.Equal(6, run.Count("http_reqs"));
        foreach (var group in new[] { "::outer", "::outer::inner" })
        {
            Assert.Equal(2, run.Count("http_reqs", ("group", group), ("name", "page")));
            Assert.Equal(2, run.Rate("checks", ("group", group))!.Trues);
            Assert.Equal(2, run.Count("pages_seen", ("group", group)));
            Assert.Equal(2, run.Trend("group_duration", ("group", group), ("scenario", "s"))!.Count);
        }

        Assert.True(run.Trend("group_duration", ("group", "::outer::inner"))!.Min >= 0.03);
        Assert.True(run.Trend("group_duration", ("group", "::outer"))!.Min >= run.Trend("group_duration", ("group", "::outer::inner"))!.Min);
        Assert.Equal(2, run.Count("iterations"));
    }

    [Fact]
    public async Task A_group_of_setup_stands_below_it()
    {
        await using var server = await KestrelServer.StartAsync();
        var run = YamlRun.Of(server.Url, """
              setup: [{group: {name: login, steps: [{request: {url: /get}}]}}]
              flows: {main: [{sleep: 0s}]}
              scenarios: {s: {executor: per-vu-iterations}}
            """);
        Assert.Empty((await run.OnceAsync(OncePhase.Setup)).Failures);
        Assert.Equal(1, run.Count("http_reqs", ("group", "::setup::login")));
    }

    [Fact]
    public async Task Choices_meet_their_weights_and_are_independent_of_each_other()
    {
        await using var server = await KestrelServer.StartAsync();
        var run = YamlRun.Of(server.Url, """
              flows:
                b: [{request: {url: /get, name: b}}]
                main:
                  - oneOf: [{weight: 70, steps: [{request: {url: /get, name: a}}, {set: {first: "'a'"}}]}, {weight: 20, flow: b}, {weight: 10, steps: []}]
                  - oneOf: [{weight: 1, steps: [{request: {url: /get, name: both}, when: "has(vars.first) && vars.first == 'a'"}]}, {weight: 1, steps: []}]
                  - set: {first: "'none'"}
              scenarios: {s: {executor: shared-iterations, vus: 4, iterations: 200, exec: main}}
            """);
        await run.RunAsync();
        Assert.InRange(run.Count("http_reqs", ("name", "a")), 138, 142);
        Assert.InRange(run.Count("http_reqs", ("name", "b")), 38, 42);
        // Half of 140: the second choice does not depend on the first.
        Assert.InRange(run.Count("http_reqs", ("name", "both")), 64, 76);
    }

    [Fact]
    public void Any_number_of_runners_choose_together_what_one_would()
    {
        var choice = new EvenChoice(3, [70, 20, 10]);
        var picks = Enumerable.Range(0, 10_000).Select(i => new EvenChoice(3, [70, 20, 10]).Pick(i, 0)).ToArray();
        Assert.All(Enumerable.Range(0, 10_000), i => Assert.Equal(picks[i], choice.Pick(i, 0)));
        for (var ordinal = 0; ordinal < 40; ordinal++)
        {
            var one = new EvenChoice(ordinal, [70, 20, 10]);
            Assert.InRange(Enumerable.Range(0, 1000).Count(i => one.Pick(i, 0) == 0), 685, 715);
            // Within one iteration the rounds of a loop alternate by their own.
            Assert.InRange(Enumerable.Range(0, 1000).Count(v => one.Pick(17, v) == 1), 190, 210);
        }
    }

    [Fact]
    public async Task Requests_of_a_parallel_overlap_within_the_limits_and_one_failure_stops_no_other()
    {
        var (now, most) = (0, 0);
        await using var server = RawHttpServer.Start(async connection =>
        {
            while (await connection.ReadRequestAsync() is not null)
            {
                var here = Interlocked.Increment(ref now);
                InterlockedMax(ref most, here);
                await connection.PauseAsync(60);
                Interlocked.Decrement(ref now);
                await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"id\": 7}");
            }
        });
        var requests = string.Join(", ", Enumerable.Range(0, 9).Select(i => $"{{request: {{url: \"/{i}\", name: many, extract: {{id{i}: json.id}}}}}}"));
        var run = YamlRun.Of(server.Url, """
              http: {batch: 20, batchPerHost: 3}
              flows:
                main:
                  - parallel: [{request: {url: "/broken", name: broken, extract: {gone: json.gone}}}, REQUESTS, {request: {url: /not, name: never}, when: "false"}]
              scenarios: {s: {executor: per-vu-iterations, exec: main}}
            """.Replace("REQUESTS", requests, StringComparison.Ordinal));
        await run.RunAsync();
        Assert.Equal((9, 1, 0), (run.Count("http_reqs", ("name", "many")), run.Count("http_reqs", ("name", "broken")), run.Count("http_reqs", ("name", "never"))));
        Assert.Equal(3, most);
        Assert.Equal(3, server.Accepted);
        Assert.Equal((1, 1), (run.Count("iteration_errors"), run.Count("extract_failures", ("extract", "gone"))));
        Assert.Equal(server.Requests.Sum(r => (double)r.Length), run.Count("data_sent", ("scenario", "s")));
    }

    [Fact]
    public async Task What_parallel_requests_extract_is_there_for_later_steps()
    {
        await using var server = await KestrelServer.StartAsync();
        var run = YamlRun.OnceThrough(server.Url, """
                  - set: {q: "'before'"}
                  - parallel:
                      - request: {url: /json, extract: {q: json.id}}
                      - request: {method: POST, url: "/hello?q=${vars.q}", json: {v: "${vars.q}"}, name: hello}
                      - request: {url: /login, name: login}
                  - request: {url: "/get?q=${vars.q}", name: get}
            """);
        await run.RunAsync();
        Assert.Contains(server.Seen, s => s.Path == "/hello?q=before" && s.Body == "{\"v\":\"before\"}");
        Assert.Contains(server.Seen, s => s is { Path: "/get?q=a-17", Cookie: "session=s-1" });
        Assert.Equal(0, run.Count("iteration_errors"));
    }

    [Fact]
    public async Task Fail_ends_the_iteration_with_its_reason()
    {
        await using var server = await KestrelServer.StartAsync();
        var run = YamlRun.Of(server.Url, """
              flows:
                main:
                  - group: {name: g, steps: [{repeat: {times: 5, steps: [{request: {url: /get}}, {fail: "no luck in ${iteration}", when: "iteration == 1"}]}}]}
                  - request: {url: /hello}
                  - log: "done with ${iteration}"
              scenarios: {s: {executor: per-vu-iterations, iterations: 3, exec: main}}
            """);
        await run.RunAsync();
        Assert.Equal((3, 1, 11, 2), (run.Count("iterations"), run.Count("iteration_errors"), run.Count("http_reqs", ("name", "/get")), run.Count("http_reqs", ("name", "/hello"))));
        Assert.Equal(3, run.Trend("group_duration")!.Count);
        Assert.Equal(["s VU 1: done with 0", "spec.flows.main[0].group.steps[0].repeat.steps[1]: the iteration fails: no luck in 1", "s VU 1: done with 2"], run.Log);
    }

    [Fact]
    public async Task Abort_interrupts_everybody_at_once_and_gives_the_reason()
    {
        var run = YamlRun.Of(null, """
              flows:
                main:
                  - abort: "enough after ${iteration}"
                    when: "iteration == 3"
                  - sleep: 50ms
                other: [{sleep: 1h}]
              scenarios:
                s: {executor: per-vu-iterations, iterations: 1000, exec: main}
                t: {executor: constant-vus, vus: 5, duration: 1h, exec: other}
            """);
        await run.RunAsync();
        Assert.Equal(("enough after 3", true), (run.End.AbortReason, run.End.WasStopped));
        Assert.Equal((3, 1, 5), (run.Count("iterations"), run.Count("interrupted_iterations", ("scenario", "s")), run.Count("interrupted_iterations", ("scenario", "t"))));
        Assert.Contains("enough after 3", Assert.Single(run.Log));
    }

    [Fact]
    public async Task A_missing_value_follows_the_policy_and_counts_in_any_case()
    {
        await using var server = await KestrelServer.StartAsync();
        const string Steps = """
                  - set: {id: "'old'"}
                  - request: {url: /hello, name: hello, extract: {id: json.id, b: body}, onMissing: POLICY}
                  - request: {url: "/get?id=${vars.id}&b=${vars.b}", name: get}
            """;
        var go = YamlRun.OnceThrough(server.Url, Steps.Replace("POLICY", "continue", StringComparison.Ordinal));
        await go.RunAsync();
        Assert.Equal((1, 0, 1), (go.Count("extract_failures", ("extract", "id")), go.Count("iteration_errors"), go.Count("http_reqs", ("name", "get"))));
        Assert.Equal("/get?id=old&b=hello", server.Seen.Last().Path);

        var skip = YamlRun.OnceThrough(server.Url, Steps.Replace("POLICY", "skipIteration", StringComparison.Ordinal));
        await skip.RunAsync();
        Assert.Equal((1, 1, 0), (skip.Count("extract_failures"), skip.Count("iteration_errors"), skip.Count("http_reqs", ("name", "get"))));

        var stop = YamlRun.OnceThrough(server.Url, Steps.Replace("POLICY", "failRun", StringComparison.Ordinal));
        await stop.RunAsync();
        Assert.Equal((1, 1), (stop.Count("extract_failures"), stop.Count("interrupted_iterations")));
        Assert.Contains("extract id", stop.End.AbortReason);
    }

    [Fact]
    public async Task In_setup_a_missing_value_that_may_be_missing_is_no_failure()
    {
        await using var server = await KestrelServer.StartAsync();
        var run = YamlRun.Of(server.Url, """
              setup: [{request: {url: /hello, extract: {id: json.id}, onMissing: continue}}]
              verify: [{fail: "not ${1 + 1}"}]
              teardown: [{abort: "never mind"}]
              flows: {main: [{sleep: 0s}]}
              scenarios: {s: {executor: per-vu-iterations}}
            """);
        Assert.Empty((await run.OnceAsync(OncePhase.Setup)).Failures);
        Assert.Equal(["not 2"], (await run.OnceAsync(OncePhase.Verify)).Failures);
        Assert.Equal(["never mind"], (await run.OnceAsync(OncePhase.Teardown)).Failures);
    }

    [Fact]
    public void Pacing_fills_an_iteration_up_and_is_not_in_its_duration()
    {
        var run = new EngineRun(new ConstantVusScenario { Vus = 2, Duration = Ms(10_000), MinIterationDuration = Ms(3_000) }) { Takes = (vu, n) => After(vu == 0 ? 100 : n == 0 ? 4_000 : 500) };
        var end = run.Run();
        Assert.Equal([0, 3_000, 6_000, 9_000], run.Iterations.Where(i => i.User == 0).Select(i => i.Start.TotalMilliseconds));
        Assert.Equal([0, 4_000, 7_000], run.Iterations.Where(i => i.User == 1).Select(i => i.Start.TotalMilliseconds));
        // Nobody waits beyond the scenario's end.
        Assert.Equal(10_000, end.Duration.TotalMilliseconds);
    }

    [Fact]
    public void Pacing_ends_with_a_stop()
    {
        var run = new EngineRun(new PerVuIterationsScenario { Iterations = 5, MinIterationDuration = Ms(60_000) }) { Takes = (_, _) => After(10), StopAt = After(1_000) };
        Assert.Equal(1_000, run.Run().Duration.TotalMilliseconds);
        Assert.Single(run.Iterations);
    }

    [Fact]
    public void Pauses_follow_their_distributions()
    {
        var host = new VuHost(5, TimeProvider.System);
        var normal = Sample(new SleepStep { Min = Ms(400), Max = Ms(10_000), Normal = new NormalPause(Ms(1000), Ms(200)) });
        Assert.InRange(normal.Average(), 990, 1010);
        Assert.InRange(Math.Sqrt(normal.Average(x => (x - 1000) * (x - 1000))), 190, 210);
        Assert.Equal(400, normal.Min());

        // Median of a Pareto distribution: scale · 2^(1/shape).
        var pareto = Sample(new SleepStep { Min = Ms(100), Max = Ms(5_000), ParetoShape = 1.5 });
        Assert.InRange(pareto.Order().ElementAt(10_000), 155, 162);
        Assert.Equal(5_000, pareto.Max());
        Assert.True(pareto.Min() >= 100);

        var uniform = Sample(new SleepStep { Min = Ms(100), Max = Ms(300) });
        Assert.InRange(uniform.Average(), 197, 203);

        double[] Sample(SleepStep step) => [.. Enumerable.Range(0, 20_000).Select(_ => Pauses.Next(step, host) / 1e6)];
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); seen < value; seen = Volatile.Read(ref most)) Interlocked.CompareExchange(ref most, value, seen);
    }
}
