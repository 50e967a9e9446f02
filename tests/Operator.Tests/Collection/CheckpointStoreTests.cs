using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Metrics;
using LoadTesting.Model.Contract;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Collection;
using LoadTesting.Operator.Reconciling;
using LoadTesting.TestKit;
using LoadTesting.TestKit.FakeKubernetes;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadTesting.Operator.Tests.Collection;

/// <summary>What one process stores, the next one has; over real HTTP, against an API server in this process.</summary>
public sealed class CheckpointStoreTests : IAsyncLifetime
{
    private static readonly LoadTestRun Run = new()
    {
        Metadata = new ObjectMeta { Name = "run", Namespace = "ns", Uid = "run-uid" },
        Spec = new LoadTestRunSpec
        {
            LoadTestRef = new LoadTestReference { Name = "t" },
            Snapshot = JsonNode.Parse("""
                {"flows":{"f":[{"request":{"url":"/"}}]},"target":"http://t","scenarios":{"s":{"executor":"constant-vus","vus":40,"duration":"1m"}},"runners":{"replicas":20,"onLoss":"replace"}}
                """)!.AsObject(),
        },
    };

    private readonly ManualTimeProvider _time = new();
    private FakeApiServer _server = null!;
    private ApiClient _client = null!;
    private RunnerClient _runners = null!;

    public async Task InitializeAsync()
    {
        _server = await FakeApiServer.StartAsync();
        _client = new ApiClient(new ClusterConfig { Server = _server.Url }, new ApiClientOptions { UserAgent = "checkpoint-tests/1", Retries = 0 }, TimeProvider.System, NullLogger.Instance);
        _runners = new RunnerClient(TimeProvider.System, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    public async Task DisposeAsync()
    {
        _runners.Dispose();
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task What_a_dead_runner_said_last_is_counted_by_the_successor_of_an_operator_that_died_after_it()
    {
        var first = await OpenAsync(isNew: true);
        first.Collector.Offer(Said(0, 7, count: 70));
        first.Collector.Offer(Said(17, 9, count: 90));
        await Store.SaveAsync(Run, first, said => said.Worker == 17);

        var second = await OpenAsync();

        Assert.Null(second.Collector.Workers.Latest(0));
        Assert.Equal((9, 90.0), (second.Collector.Workers.Latest(17)!.Sequence, Sum(second)));
        Assert.Equal(["run-checkpoint-4"], await NamesAsync());
    }

    [Fact]
    public async Task Every_ten_seconds_everything_is_kept_so_that_runner_and_operator_may_die_together()
    {
        var first = await OpenAsync(isNew: true);
        for (var beat = 1; beat <= 21; beat++)
        {
            first.Collector.Offer(Said(3, beat, count: beat));
            first.Collector.Offer(Said(18, beat, count: beat));
            await Store.SaveAsync(Run, first, _ => false);
            await first.Checkpoints.Writing;
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var second = await OpenAsync();

        Assert.Equal((21, 21, 42.0), (second.Collector.Workers.Latest(3)!.Sequence, second.Collector.Workers.Latest(18)!.Sequence, Sum(second)));
        Assert.Equal(4, _server.Requests.Count(r => r.Method != "GET"));
        // What a living runner says itself is newer.
        Assert.Equal(OfferResult.Accepted, second.Collector.Offer(Said(3, 22, count: 30)));
        Assert.Equal(51, Sum(second));
    }

    [Fact]
    public async Task All_of_an_indexs_runners_are_kept_and_a_final_snapshot_is_not_asked_for_again()
    {
        var first = await OpenAsync(isNew: true);
        first.Collector.Offer(Said(2, 50, count: 5));
        await Store.SaveAsync(Run, first, _ => true);
        first.Collector.Offer(Said(2, 4, count: 3, incarnation: 1, isFinal: true));
        await Store.SaveAsync(Run, first, _ => true);

        var second = await OpenAsync(lost: [new LostRunnerStatus { Index = 2, Replaced = true }]);

        Assert.Equal(8, Sum(second));
        Assert.Equal((AgentStates.Finished, true), (second.Runners[2].Agent, second.Runners[2].HasConcluded));
        Assert.False(second.Runners[3].HasConcluded);
        var content = await _client.GetAsync(Resources.ConfigMaps, new NamespacedName("ns", "run-checkpoint-0"));
        Assert.Equal(["runner-2-r1.pb.gz", "runner-2.pb.gz"], content.BinaryData.Keys.Order(StringComparer.Ordinal));
        Assert.True(content.Metadata.Controller is { Kind: "LoadTestRun", Uid: "run-uid" });
    }

    [Fact]
    public async Task An_operator_that_no_longer_leads_puts_nothing_old_over_what_its_successor_stored()
    {
        var old = await OpenAsync(isNew: true);
        old.Collector.Offer(Said(1, 10, count: 10));
        await Store.SaveAsync(Run, old, _ => true);
        var leader = await OpenAsync();
        leader.Collector.Offer(Said(1, 30, count: 30));
        await Store.SaveAsync(Run, leader, _ => true);

        old.Collector.Offer(Said(1, 20, count: 20));
        await Store.SaveAsync(Run, old, _ => true);

        Assert.Equal(30, Sum(await OpenAsync()));
        // And it learns what there is before it tries again.
        await Store.RestoreAsync(Run, old, default);
        Assert.Equal(30, Sum(old));
    }

    [Fact]
    public async Task A_run_that_is_over_leaves_nothing_in_them()
    {
        var session = await OpenAsync(isNew: true);
        session.Collector.Offer(Said(1, 10, count: 10));
        await Store.SaveAsync(Run, session, _ => true);

        await Store.ClearAsync(Run, session);
        await Store.ClearAsync(Run, session);

        Assert.Empty((await _client.GetAsync(Resources.ConfigMaps, new NamespacedName("ns", "run-checkpoint-0"))).BinaryData);
        Assert.Equal(0, Sum(await OpenAsync()));
        Assert.Single(_server.Requests, r => r.Method == "PATCH");
    }

    [Fact]
    public async Task A_refusal_stops_nothing_and_what_is_not_ours_or_cannot_be_read_is_left_alone()
    {
        var session = await OpenAsync(isNew: true);
        session.Collector.Offer(Said(1, 10, count: 10));
        _server.Intercept = async context =>
        {
            await FakeApiServer.RefuseAsync(context, 403, "Forbidden", "no");
            return true;
        };
        await Store.SaveAsync(Run, session, _ => true);
        _server.Intercept = null;
        await Store.SaveAsync(Run, session, _ => true);
        Assert.Equal(10, Sum(await OpenAsync()));

        var stored = await _client.GetAsync(Resources.ConfigMaps, new NamespacedName("ns", "run-checkpoint-0"));
        await _client.UpdateAsync(Resources.ConfigMaps, stored with { BinaryData = new Dictionary<string, byte[]> { ["runner-1.pb.gz"] = [1, 2, 3], ["runner-0.pb.gz"] = stored.BinaryData["runner-1.pb.gz"] } });
        Assert.Equal(0, Sum(await OpenAsync()));

        stored = await _client.GetAsync(Resources.ConfigMaps, new NamespacedName("ns", "run-checkpoint-0"));
        await _client.UpdateAsync(Resources.ConfigMaps, stored with { Metadata = stored.Metadata with { OwnerReferences = [] } });
        var other = await OpenAsync();
        other.Collector.Offer(Said(1, 11, count: 11));
        await Store.SaveAsync(Run, other, _ => true);
        Assert.Equal([1, 2, 3], (await _client.GetAsync(Resources.ConfigMaps, new NamespacedName("ns", "run-checkpoint-0"))).BinaryData["runner-1.pb.gz"]);
    }

    private CheckpointStore Store => new(_client, _client, _time, NullLogger.Instance);

    /// <summary>A process that begins to look at the run.</summary>
    private async Task<RunSession> OpenAsync(bool isNew = false, IReadOnlyList<LostRunnerStatus>? lost = null)
    {
        var session = new RunSession("run-uid", EffectiveTest.Of(Run).Value!, new AgentAccess("run-uid", "token"), _runners, _time);
        session.Follow(lost ?? []);
        if (isNew)
        {
            session.Checkpoints.NothingStored();
        }

        await Store.RestoreAsync(Run, session, default);
        return session;
    }

    private async Task<string[]> NamesAsync() => [.. (await _client.ListAsync(Resources.ConfigMaps, new ListOptions { Namespace = "ns" })).Items.Select(c => c.Metadata.Name!).Order(StringComparer.Ordinal)];

    private static double Sum(RunSession session) => session.Collector.Total.Select(BuiltInMetrics.HttpReqs) is CounterValue counter ? counter.Sum : 0;

    private static WorkerSnapshot Said(int worker, long sequence, long count, int incarnation = 0, bool isFinal = false)
    {
        var recorder = new WorkerRecorder();
        recorder.Counter(BuiltInMetrics.HttpReqs, TagSet.Empty).Add(count);
        return new WorkerSnapshot(worker, sequence, sequence * 1_000_000_000, isFinal, recorder.TakeSnapshot(), incarnation);
    }
}
