using System.Globalization;
using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Metrics;
using LoadTesting.Metrics.Exposition;
using LoadTesting.Model.Contract;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Collection;
using LoadTesting.Operator.Reconciling;
using LoadTesting.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Operator.Tests.Collection;

/// <summary>How runners are looked at, with agents in this process.</summary>
public sealed class RunSessionTests
{
    [Fact]
    public async Task A_slow_runner_is_heard_late_and_keeps_nobody_waiting()
    {
        var answer = new TaskCompletionSource();
        await using var slow = await AgentAsync(0, answer.Task);
        await using var quick = await AgentAsync(1, Task.CompletedTask);
        using var client = new RunnerClient(TimeProvider.System, TimeSpan.FromSeconds(1), silence: TimeSpan.FromMinutes(5));
        var session = new RunSession("run-uid", Test(), new AgentAccess("run-uid", "token"), client, TimeProvider.System);
        session.Addresses[0] = new Uri(slow.Urls.Single());
        session.Addresses[1] = new Uri(quick.Urls.Single());

        await Eventually.SeeAsync("the quick one's snapshot", () => LookAsync(session, 1), said => said is not null);
        var (heard, trouble) = (session.Runners[0].LastHeard, session.Runners[0].Trouble);
        Assert.Null(await LookAsync(session, 0));
        Assert.Equal((heard, null), (session.Runners[0].LastHeard, trouble));

        answer.SetResult();
        await Eventually.SeeAsync("the slow one's snapshot", () => LookAsync(session, 0), said => said is not null);
        Assert.True(session.Runners[0].LastHeard > heard);
        Assert.Equal(AgentStates.Running, session.Runners[0].Agent);
    }

    [Fact]
    public async Task A_runner_that_claims_what_cannot_be_is_not_heard_and_makes_no_series()
    {
        await using var forger = await AgentAsync(0, Task.CompletedTask, offset: WorkerSnapshot.MaxExact);
        await using var honest = await AgentAsync(1, Task.CompletedTask);
        using var client = new RunnerClient(TimeProvider.System, TimeSpan.FromSeconds(1), silence: TimeSpan.FromMinutes(5));
        var session = new RunSession("run-uid", Test(), new AgentAccess("run-uid", "token"), client, TimeProvider.System);
        session.Addresses[0] = new Uri(forger.Urls.Single());
        session.Addresses[1] = new Uri(honest.Urls.Single());
        var heard = session.Runners[0].LastHeard;

        await Eventually.SeeAsync("the honest one's snapshot", () => LookAsync(session, 1), said => said is not null);
        await Eventually.SeeAsync("the refusal", async () =>
        {
            await LookAsync(session, 0);
            return session.Runners[0].Trouble;
        }, said => said is not null);
        Assert.Contains("its snapshot is refused: offset is 9007199254740992 ns; at most", session.Runners[0].Trouble, StringComparison.Ordinal);
        Assert.Equal((heard, null), (session.Runners[0].LastHeard, session.Runners[0].Agent));
        Assert.Null(session.Collector.Workers.Latest(0));

        // Nor is it believed to an earlier process.
        Assert.NotNull(session.Restore(new WorkerSnapshot(0, 1, WorkerSnapshot.MaxExact, true, Snapshot.Empty), DateTimeOffset.UtcNow));
        Assert.False(session.Runners[0].HasConcluded);
        session.EndLoad();
        Assert.True(session.Collector.Series.Count <= 1);
    }

    private static async Task<WorkerSnapshot?> LookAsync(RunSession session, int index)
    {
        await session.ReadRunnersAsync(null, TimeSpan.FromMilliseconds(50), default);
        return session.Collector.Workers.Latest(index);
    }

    private static async Task<WebApplication> AgentAsync(int index, Task until, long offset = 1)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var agent = builder.Build();
        agent.MapGet(AgentContract.MetricsPath, async context =>
        {
            await until;
            context.Response.Headers[AgentContract.RunIdHeader] = "run-uid";
            context.Response.Headers[AgentContract.IndexHeader] = index.ToString(CultureInfo.InvariantCulture);
            context.Response.Headers[AgentContract.StateHeader] = AgentStates.Running;
            await context.Response.Body.WriteAsync(ExpositionWriter.Write(new WorkerSnapshot(index, 1, offset, false, Snapshot.Empty), ExpositionFormat.Protobuf));
        });
        await agent.StartAsync();
        return agent;
    }

    private static EffectiveTest Test() => EffectiveTest.Of(new LoadTestRun
    {
        Metadata = new ObjectMeta { Name = "run", Namespace = "ns", Uid = "run-uid" },
        Spec = new LoadTestRunSpec
        {
            LoadTestRef = new LoadTestReference { Name = "t" },
            Snapshot = JsonNode.Parse("""{"flows":{"f":[{"request":{"url":"/"}}]},"target":"http://t","scenarios":{"s":{"executor":"constant-vus","vus":2,"duration":"1s"}},"runners":{"replicas":2}}""")!.AsObject(),
        },
    }).Value!;
}
