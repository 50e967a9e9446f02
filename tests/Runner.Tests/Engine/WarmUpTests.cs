using System.Runtime;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Engine;
using LoadTesting.Runner.Http;
using LoadTesting.Runner.Http.Wire;
using LoadTesting.Runner.Loops;
using LoadTesting.Runner.Tests.Http;
using LoadTesting.Runner.Tests.Http.Carriers;
using LoadTesting.TestKit;
using Xunit.Abstractions;

namespace LoadTesting.Runner.Tests.Engine;

/// <summary>Which loads are long enough to compile for before they begin.</summary>
public sealed class WarmUpTests(ITestOutputHelper output)
{
    public static TheoryData<ScenarioSpec, bool> Scenarios() => new()
    {
        { new SharedIterationsScenario { Vus = 10, Iterations = 19_999 }, false },
        { new SharedIterationsScenario { Vus = 10, Iterations = 20_000 }, true },
        { new PerVuIterationsScenario { Vus = 10, Iterations = 1_999 }, false },
        { new PerVuIterationsScenario { Vus = 10, Iterations = 2_000 }, true },
        { new ConstantVusScenario { Vus = 1, Duration = Duration.FromSeconds(19) }, false },
        { new ConstantVusScenario { Vus = 1, Duration = Duration.FromSeconds(20) }, true },
    };

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Long_loads_and_many_iterations_pay_whatever_their_longest_duration(ScenarioSpec scenario, bool pays)
    {
        var spec = new LoadTestSpec
        {
            Target = "http://127.0.0.1:1",
            Flows = new([KeyValuePair.Create<string, IReadOnlyList<StepSpec>>("flow", [new RequestStep { Method = "GET", Url = "/" }])]),
            Scenarios = new([KeyValuePair.Create("load", scenario)]),
        };
        Assert.Equal(pays, WarmUp.Pays(Planner.PlanWorker(spec, 0, 1)));
    }

    [Fact]
    public async Task A_warm_up_that_does_not_end_holds_no_run()
    {
        var time = new ManualTimeProvider();
        var bounded = WarmUp.BoundedAsync(new TaskCompletionSource().Task, TimeSpan.FromSeconds(15), time);
        time.Advance(TimeSpan.FromSeconds(14));
        Assert.False(bounded.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        await bounded.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("http://shop.example", "/", false, false, "Clear")]
    [InlineData("https://shop.example", "/", false, false, "Tls")]
    [InlineData("https://shop.example", "/", true, false, "Http2")]
    [InlineData("https://shop.example", "/", true, true, "Http2")]
    [InlineData("http://shop.example", "/", false, true, "Http2Clear")]
    [InlineData("http://shop.example", "https://login.example/${vu.id}", false, false, "Tls Clear")]
    [InlineData("https://shop.example", "http://${env.HOST}/", false, false, "Tls Clear")]
    [InlineData(null, "HTTPS://shop.example/", false, false, "Tls")]
    [InlineData(null, "${env.BASE}/", false, false, "Clear")]
    public void Only_what_a_test_goes_over_is_warmed(string? target, string url, bool http2, bool h2c, string expected)
    {
        var spec = new LoadTestSpec
        {
            Target = target,
            Http = new HttpSpec { Http2 = http2, H2c = h2c },
            Env = [new EnvVarSpec { Name = "HOST", Value = "a" }, new EnvVarSpec { Name = "BASE", Value = "http://b" }],
            Flows = LiveRun.Map<IReadOnlyList<StepSpec>>(("flow", [new RequestStep { Method = "GET", Url = url }])),
            Scenarios = LiveRun.Map<ScenarioSpec>(("load", new PerVuIterationsScenario { Vus = 1, Iterations = 1 })),
        };
        var test = CompiledTest.Compile(spec, new Dictionary<string, string> { ["HOST"] = "a", ["BASE"] = "http://b" }).Test!;
        Assert.Equal(expected, string.Join(' ', test.Carriers));
    }

    [SkippableTheory]
    [InlineData(Carrier.Tls12)]
    [InlineData(Carrier.Tls13)]
    public async Task The_first_handshake_after_it_has_next_to_nothing_left_to_compile(Carrier carrier)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "event loops are for Linux");
        var scene = new Scene(new Ending("") { Expect = _ => new Expected(200) }, carrier, SenderKind.Loop);
        await using var server = RawHttpServer.Start(scene.ServeAsync);
        var settings = carrier.Settings(Duration.FromSeconds(60));
        await WarmUp.RunOnceAsync([WarmUpCarrier.Tls], settings, default);
        await using var senders = new LoopSenderFactory(settings, TimeProvider.System, loops: 1);
        await using var sender = senders.Create(0, 1);
        var request = new PreparedRequest
        {
            Method = HttpMethod.Get, Url = new Uri($"https://127.0.0.1:{server.Port}/after"), Headers = [], Deadline = long.MaxValue,
        };

        // On the loop's thread, where the client's side of it happens: what others in this process compile meanwhile is of no interest.
        var before = await CompiledAsync(senders);
        Assert.Equal(200, (await sender.SendAsync(request, default)).Status);
        var compiled = await CompiledAsync(senders) - before;
        output.WriteLine($"{carrier}: {compiled} methods compiled by the first exchange");
        Assert.InRange(compiled, 0, 40);
    }

    [Theory]
    [InlineData(WarmUpCarrier.Clear)]
    [InlineData(WarmUpCarrier.Tls)]
    [InlineData(WarmUpCarrier.Http2)]
    [InlineData(WarmUpCarrier.Http2Clear)]
    internal async Task The_server_of_a_warm_up_answers_over_every_carrier(WarmUpCarrier carrier)
    {
        await using var server = new WarmUpServer(carrier);
        var material = carrier is WarmUpCarrier.Tls or WarmUpCarrier.Http2 ? Carrier.Tls13 : Carrier.Clear;
        var settings = material.Settings(Duration.FromSeconds(60)) with { Http2 = carrier == WarmUpCarrier.Http2, H2c = carrier == WarmUpCarrier.Http2Clear };
        foreach (var kind in new[] { SenderKind.Loop, SenderKind.Sockets })
        {
            await using var fixture = new SenderFixture(kind, settings);
            for (var i = 0; i < 3; i++)
            {
                var exchange = await fixture.Sender.SendAsync(fixture.Request(new Uri(server.Url), "POST", "{}"u8.ToArray()), default);
                Assert.Equal((200, "{\"value\":1,\"list\":[1,2]}"), (exchange.Status, System.Text.Encoding.UTF8.GetString(exchange.Body.Span)));
                Assert.Equal(carrier is WarmUpCarrier.Clear or WarmUpCarrier.Tls ? "HTTP/1.1" : "HTTP/2.0", exchange.Protocol);
            }
        }
    }

    private static async Task<int> CompiledAsync(LoopSenderFactory senders)
    {
        var compiled = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        senders.Loop(0).Post(new LoopAction(() => compiled.SetResult((int)JitInfo.GetCompiledMethodCount(currentThread: true))));
        return await compiled.Task;
    }
}
