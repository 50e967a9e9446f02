using LoadTesting.Metrics;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Engine;
using LoadTesting.Runner.Http.Wire;
using LoadTesting.Runner.Loops;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Engine;

/// <summary>What a request costs in memory, once everything is warm: bytes that the loop's thread allocates. No matter of the machine's speed.</summary>
public sealed class AllocationTests
{
    private const string Answer = "HTTP/1.1 200 OK\r\nServer: test\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{\"token\":\"abc-1\"}";

    [SkippableFact]
    public async Task A_request_whose_answer_nobody_reads_costs_next_to_nothing() =>
        await RequireAtMostAsync(96, new RequestStep { Method = "GET", Url = "/" });

    [SkippableFact]
    public async Task A_templated_body_a_check_and_an_extraction_cost_their_values() =>
        await RequireAtMostAsync(256, new RequestStep
        {
            Method = "POST",
            Url = "/orders",
            Json = new SpecMap([new SpecEntry("id", default, new SpecScalar("${uuid()}", ScalarKind.String, default))], default),
            Checks = LiveRun.Map(("ok", "status == 200")),
            Extract = LiveRun.Map(("token", "json.token")),
        });

    private static async Task RequireAtMostAsync(double bytes, RequestStep step)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "event loops are for Linux");
        await using var server = RawHttpServer.Answering(Answer);
        var few = await AllocatedAsync(server.Url, step, 1000);
        var many = await AllocatedAsync(server.Url, step, 5000);
        var each = (many - few) / 4000.0;
        Assert.True(each <= bytes, $"a request allocates {each:0.#} bytes, at most {bytes} are expected");
    }

    private static async Task<long> AllocatedAsync(Uri target, RequestStep step, long iterations)
    {
        var run = new LiveRun(target, new SharedIterationsScenario { Vus = 2, Iterations = iterations, MaxDuration = Duration.FromMilliseconds(600_000) }, step);
        var test = CompiledTest.Compile(run.Spec, new Dictionary<string, string>()).Test!;
        await using var senders = new LoopSenderFactory(test.Http, TimeProvider.System, loops: 1);
        var recorders = new RecorderShards(test, 1);
        await using var engine = new LoadEngine(Planner.PlanWorker(run.Spec, 0, 1), test, recorders, senders, new EngineOptions { WarmsUp = false });
        await engine.PrepareAsync(default);
        await engine.RunAsync(TimeProvider.System.GetTimestamp(), default, default);
        Assert.Equal(iterations, ((CounterValue)recorders.TakeSnapshot().Select("http_reqs", TagSet.Empty)!).Sum);
        var allocated = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        senders.Loop(0).Post(new LoopAction(() => allocated.SetResult(GC.GetAllocatedBytesForCurrentThread())));
        return await allocated.Task;
    }
}
