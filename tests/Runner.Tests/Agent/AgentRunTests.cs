using LoadTesting.Metrics;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Observing;
using LoadTesting.Runner.Agent;
using LoadTesting.Runner.Engine;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Agent;

/// <summary>What an agent does between being ready and the load: it warms up, as long as there is time.</summary>
public sealed class AgentRunTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly Workload _workload = new();
    private readonly AgentRun _run;

    public AgentRunTests()
    {
        var options = new AgentOptions { PlanFile = "plan.yaml", Index = 0, Count = 1, RunId = "run-1", Token = "token" };
        _run = new AgentRun(_workload, options, _time);
    }

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task It_is_ready_before_it_is_warm()
    {
        var execution = _run.ExecuteAsync(default);
        await _workload.WarmsUp.Task;
        Assert.Equal(AgentStates.Ready, _run.State);
        Assert.False(_workload.Begun.Task.IsCompleted);
        _run.Start(_time.GetUtcNow(), null, null);
        await EndAsync(execution);
    }

    [Fact]
    public async Task The_load_waits_for_the_warm_up_where_there_is_time()
    {
        var execution = _run.ExecuteAsync(default);
        _run.Start(_time.GetUtcNow().AddSeconds(2), null, null);
        await Eventually.SeeAsync("somebody who waits for the instant", () => Task.FromResult(_time.ArmedTimers), timers => timers == 1);
        Assert.False(_workload.Begun.Task.IsCompleted);

        _workload.Warm.SetResult();
        await _workload.Begun.Task;
        Assert.Equal(TimeSpan.Zero, _time.Elapsed);
        await EndAsync(execution);
    }

    [Theory]
    [InlineData(2_000, null, 2_000)]
    [InlineData(-10_000, 2_000, 2_000)]
    [InlineData(0, null, 0)]
    [InlineData(-10_000, null, 0)]
    public async Task The_load_does_not_begin_late_for_a_warm_up_that_lasts(int startsAfter, int? resumesAfter, int beginsAfter)
    {
        var now = _time.GetUtcNow();
        var execution = _run.ExecuteAsync(default);
        await _workload.WarmsUp.Task;
        _run.Start(now.AddMilliseconds(startsAfter), resumesAfter is { } resume ? now.AddMilliseconds(resume) : null, null);
        if (beginsAfter > 0)
        {
            await Eventually.SeeAsync("somebody who waits for the instant", () => Task.FromResult(_time.ArmedTimers), timers => timers == 1);
            Assert.False(_workload.Begun.Task.IsCompleted);
            _time.Advance(TimeSpan.FromMilliseconds(beginsAfter - 1));
        }

        await _workload.Begun.Task;
        Assert.True(_workload.WarmUpCancelled, "the warm-up was not told to give way");
        await EndAsync(execution);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_the_warm_up()
    {
        var execution = _run.ExecuteAsync(default);
        await _workload.WarmsUp.Task;
        _run.Start(_time.GetUtcNow().AddHours(1), null, null);
        _run.Stop();
        await _workload.Begun.Task;
        await EndAsync(execution);
    }

    [Fact]
    public async Task A_warm_up_that_fails_leaves_the_load_as_it_is()
    {
        var execution = _run.ExecuteAsync(default);
        _workload.Warm.SetException(new InvalidOperationException("cold"));
        _run.Start(_time.GetUtcNow().AddSeconds(2), null, null);
        await _workload.Begun.Task;
        await EndAsync(execution);
    }

    [Fact]
    public async Task Asked_to_go_while_it_warms_up_it_goes()
    {
        using var terminate = new CancellationTokenSource();
        var execution = _run.ExecuteAsync(terminate.Token);
        await _workload.WarmsUp.Task;
        await terminate.CancelAsync();
        await execution;
        Assert.True(_workload.WarmUpCancelled);
        Assert.False(_workload.Begun.Task.IsCompleted);
    }

    /// <summary>Who asked for the end tells whether the share is whole: the first one to ask counts.</summary>
    [Theory]
    [InlineData("nobody", AgentStates.Finished, true)]
    [InlineData("stop", AgentStates.Finished, true)]
    [InlineData("stop, then SIGTERM", AgentStates.Finished, true)]
    [InlineData("SIGTERM", AgentStates.Terminated, false)]
    [InlineData("SIGTERM, then stop", AgentStates.Terminated, false)]
    public async Task What_SIGTERM_ends_is_not_finished(string asked, string state, bool isFinal)
    {
        using var terminate = new CancellationTokenSource();
        var execution = _run.ExecuteAsync(terminate.Token);
        _workload.Warm.SetResult();
        _run.Start(_time.GetUtcNow(), null, null);
        await _workload.Begun.Task;
        await Eventually.SeeAsync("the load", () => Task.FromResult(_run.State), s => s == AgentStates.Running);
        foreach (var who in asked.Split(", then "))
        {
            if (who == "SIGTERM")
            {
                await terminate.CancelAsync();
            }
            else if (who == "stop")
            {
                Assert.True(_run.Stop().IsAccepted);
            }
        }

        _workload.Ended.SetResult();
        await Eventually.SeeAsync("the end of the load", () => Task.FromResult(_run.State), s => s == state);
        await Eventually.SeeAsync("its last words", () => Task.FromResult(_run.Snapshot().IsFinal), f => f == isFinal);
        Assert.True(_run.Acknowledge().IsAccepted);
        await execution;
    }

    /// <summary>Lets the load come to its end, and the agent with it.</summary>
    private async Task EndAsync(Task execution)
    {
        _workload.Warm.TrySetResult();
        await _workload.Begun.Task;
        _workload.Ended.SetResult();
        _run.Stop();
        await Eventually.SeeAsync("the end of the load", () => Task.FromResult(_run.State), s => s == AgentStates.Finished);
        _run.Acknowledge();
        await execution;
    }

    private sealed class Workload : IWorkload
    {
        public TaskCompletionSource WarmsUp { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Warm { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool WarmUpCancelled { get; private set; }

        public string PlanJson => "{}";

        public bool RunsStagesAfterLoad => false;

        public Task PrepareAsync(CancellationToken cancellation) => Task.CompletedTask;

        public Task WarmUpAsync(CancellationToken cancellation)
        {
            cancellation.Register(() => WarmUpCancelled = true);
            WarmsUp.SetResult();
            return Warm.Task;
        }

        public Task RunAsync(long startTimestamp, TimeSpan resume, string? setupJson, CancellationToken stop, CancellationToken cancellation)
        {
            Begun.SetResult();
            return Ended.Task;
        }

        public WorkerSnapshot TakeSnapshot(bool isFinal) => new(0, 1, 0, isFinal, Snapshot.Empty, 0);

        public Task<StageAnswer> RunStageAsync(string stage, IJobHost jobs, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<IReadOnlyList<QueryAnswer>> ObserveAsync(DateTimeOffset start, IReadOnlyList<QueryDue> due, CancellationToken cancellation) => throw new NotSupportedException();
    }
}
