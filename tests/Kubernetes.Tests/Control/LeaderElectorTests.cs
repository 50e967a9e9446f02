using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Kubernetes.Telemetry;
using LoadTesting.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadTesting.Kubernetes.Tests.Control;

public sealed class LeaderElectorTests
{
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();
    private readonly MetricRegistry _registry = new();
    private readonly MemoryLeases _leases;

    public LeaderElectorTests()
    {
        _leases = new MemoryLeases(_time);
    }

    [Theory]
    [InlineData(10, 10, 2, "leaseDuration")]
    [InlineData(15, 2.4, 2, "renewDeadline")]
    [InlineData(15, 10, 0, "retryPeriod")]
    [InlineData(15.5, 10, 2, "whole number of seconds")]
    public void Times_that_contradict_each_other_are_refused(double lease, double renew, double retry, string problem)
    {
        var options = Options("a") with
        {
            LeaseDuration = TimeSpan.FromSeconds(lease),
            RenewDeadline = TimeSpan.FromSeconds(renew),
            RetryPeriod = TimeSpan.FromSeconds(retry),
        };
        var refused = Assert.Throws<ArgumentException>(() => Elector(options, _leases.As("a")));
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_contradictions_are_told_at_once() =>
        Assert.Equal(4, (Options("") with { LeaseDuration = TimeSpan.Zero, RenewDeadline = TimeSpan.FromSeconds(1) }).Problems().Count);

    [Fact]
    public async Task One_of_several_leads_and_keeps_leading()
    {
        await using var candidates = Start("a", "b", "c");
        await _time.AdvanceUntilAsync("a leader", () => candidates.Leaders == 1, TimeSpan.FromSeconds(5));
        var first = candidates.Leader;
        await _time.AdvanceAsync(TimeSpan.FromMinutes(2), each: () => Assert.Equal(first, candidates.Leader));
        Assert.All(_leases.Writes, w => Assert.Equal(first, w.Writer));
        Assert.Equal(0, _leases.Writes[^1].Lease.Spec.LeaseTransitions);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_stepped_clock_moves_no_leadership(int hours)
    {
        await using var candidates = Start("a", "b");
        await _time.AdvanceUntilAsync("a leader", () => candidates.Leaders == 1, TimeSpan.FromSeconds(5));
        var first = candidates.Leader;
        await _time.AdvanceAsync(TimeSpan.FromSeconds(10));
        _time.StepWallClock(TimeSpan.FromHours(hours));
        await _time.AdvanceAsync(TimeSpan.FromMinutes(1), each: () => Assert.Equal(first, candidates.Leader));
        Assert.All(_leases.Writes, w => Assert.Equal(first, w.Writer));
    }

    [Fact]
    public async Task A_dead_leader_is_replaced_within_20_seconds_and_not_before_its_lease_ends()
    {
        await using var candidates = Start("a");
        await _time.AdvanceUntilAsync("a leads", () => candidates.Leader == "a", TimeSpan.FromSeconds(5));
        candidates.Add("b");
        await _time.AdvanceAsync(TimeSpan.FromSeconds(7));
        candidates.Kill("a");
        var last = _leases.Writes[^1].At;
        await _time.AdvanceUntilAsync("b leads", () => candidates.Leader == "b", TimeSpan.FromSeconds(40));
        Assert.InRange(_time.Elapsed - last, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(20));
        Assert.Equal(1, _leases.Writes[^1].Lease.Spec.LeaseTransitions);
    }

    [Fact]
    public async Task A_released_lease_lets_the_other_in_at_once()
    {
        await using var candidates = Start("a");
        await _time.AdvanceUntilAsync("a leads", () => candidates.Leader == "a", TimeSpan.FromSeconds(5));
        candidates.Add("b");
        await _time.AdvanceAsync(TimeSpan.FromSeconds(5));
        var stopped = _time.Elapsed;
        candidates.Stop("a");
        await _time.AdvanceUntilAsync("b leads", () => candidates.Leader == "b", TimeSpan.FromSeconds(20));
        Assert.InRange(_time.Elapsed - stopped, TimeSpan.Zero, TimeSpan.FromSeconds(4));
        Assert.Contains(_leases.Writes, w => w.Lease.Spec is { HolderIdentity: "", LeaseDurationSeconds: 1 });
    }

    [Fact]
    public async Task The_lease_is_renewed_until_the_work_has_ended_and_only_then_released()
    {
        var access = _leases.As("a");
        var elector = Elector(Options("a"), access);
        var workEnds = new TaskCompletionSource();
        using var stop = new CancellationTokenSource();
        var run = elector.RunAsync(_ => workEnds.Task, stop.Token);
        await _time.AdvanceUntilAsync("a leads", () => elector.IsLeader, TimeSpan.FromSeconds(5));
        await stop.CancelAsync();
        var writes = _leases.Writes.Count;
        await _time.AdvanceAsync(TimeSpan.FromSeconds(30));
        Assert.False(run.IsCompleted);
        Assert.True(_leases.Writes.Count > writes + 5, "renewals stopped while the work still ran");
        Assert.All(_leases.Writes, w => Assert.Equal("a", w.Lease.Spec.HolderIdentity));
        workEnds.SetResult();
        await run.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("", _leases.Writes[^1].Lease.Spec.HolderIdentity);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_leader_that_cannot_renew_stops_at_the_deadline_and_writes_no_more(bool hangs)
    {
        var access = _leases.As("a");
        var elector = Elector(Options("a"), access);
        var cancelledAt = TimeSpan.Zero;
        var run = elector.RunAsync(
            async work =>
            {
                var cancelled = new TaskCompletionSource();
                using var registration = work.Register(() =>
                {
                    cancelledAt = _time.Elapsed;
                    cancelled.SetResult();
                });
                await cancelled.Task;
            },
            CancellationToken.None);
        await _time.AdvanceUntilAsync("a leads", () => elector.IsLeader, TimeSpan.FromSeconds(5));
        await _time.AdvanceAsync(TimeSpan.FromSeconds(5));
        access.IsDown = !hangs;
        access.Hangs = hangs;
        var last = _leases.Writes[^1].At;
        await _time.AdvanceAsync(TimeSpan.FromSeconds(12));
        await Assert.ThrowsAsync<LeadershipLostException>(() => run.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.InRange(cancelledAt - last, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(10) + Slack);
        Assert.False(elector.IsLeader);
        Assert.Equal(hangs ? 1 : 0, access.Cancelled);

        // The way is open again, and nothing of the old leadership uses it.
        (access.IsDown, access.Hangs) = (false, false);
        await _time.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(last, _leases.Writes[^1].At);
    }

    [Fact]
    public async Task Leadership_is_over_by_the_clock_before_any_timer_says_so()
    {
        var access = _leases.As("a");
        var elector = Elector(Options("a"), access);
        using var stop = new CancellationTokenSource();
        var run = elector.RunAsync(work => Task.Delay(Timeout.InfiniteTimeSpan, _time, work), stop.Token);
        await _time.AdvanceUntilAsync("a leads", () => elector.IsLeader, TimeSpan.FromSeconds(5));
        access.Hangs = true;
        // As after a suspended machine: all at once, with no timer in between having been served.
        var frozen = new List<bool>();
        _time.Advance(TimeSpan.FromSeconds(10));
        frozen.Add(elector.IsLeader);
        Assert.Equal([false], frozen);
        await _time.AdvanceAsync(TimeSpan.FromSeconds(12));
        await Assert.ThrowsAsync<LeadershipLostException>(() => run.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Somebody_elses_annotations_are_no_sign_of_life()
    {
        await using var candidates = Start("a");
        await _time.AdvanceUntilAsync("a leads", () => candidates.Leader == "a", TimeSpan.FromSeconds(5));
        candidates.Add("b");
        await _time.AdvanceAsync(TimeSpan.FromSeconds(5));
        candidates.Kill("a");
        var last = _leases.Writes[^1].At;
        await _time.AdvanceUntilAsync(
            "b leads",
            () =>
            {
                if (candidates.Leader != "b")
                {
                    _leases.Annotate();
                }

                return candidates.Leader == "b";
            },
            TimeSpan.FromSeconds(40),
            step: TimeSpan.FromSeconds(1));
        Assert.InRange(_time.Elapsed - last, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Through_random_outages_there_are_never_two_leaders_and_in_the_end_there_is_one()
    {
        var random = new Random(7);
        await using var candidates = Start("a", "b", "c");
        var led = new HashSet<string>();
        for (var i = 0; i < 25; i++)
        {
            foreach (var access in candidates.Accesses)
            {
                (access.IsDown, access.Hangs) = random.Next(6) switch
                {
                    0 or 1 => (true, false),
                    2 => (false, true),
                    _ => (false, false),
                };
            }

            await _time.AdvanceAsync(
                TimeSpan.FromSeconds(random.Next(3, 25)),
                TimeSpan.FromMilliseconds(500),
                () =>
                {
                    Assert.True(candidates.Leaders <= 1, $"{candidates.Leaders} leaders at {_time.Elapsed}");
                    led.UnionWith(candidates.Leader is { } leader ? [leader] : []);
                });
            candidates.RestartFallen();
        }

        foreach (var access in candidates.Accesses)
        {
            (access.IsDown, access.Hangs) = (false, false);
        }

        await _time.AdvanceUntilAsync("a leader", () => candidates.Leaders == 1, TimeSpan.FromSeconds(60));
        Assert.True(led.Count > 1, "no leadership ever moved: the outages prove nothing");
    }

    private static LeaderElectionOptions Options(string identity) => new() { Lease = new NamespacedName("system", "operator"), Identity = identity };

    private LeaderElector Elector(LeaderElectionOptions options, MemoryLeases.Access access) =>
        new(options, access, access, _time, new ControlMetrics(_registry), NullLogger.Instance);

    private Candidates Start(params string[] names)
    {
        var candidates = new Candidates(this);
        foreach (var name in names)
        {
            candidates.Add(name);
        }

        return candidates;
    }

    private sealed class Candidates(LeaderElectorTests test) : IAsyncDisposable
    {
        private readonly Dictionary<string, (LeaderElector Elector, MemoryLeases.Access Access, CancellationTokenSource Stop, Task Run)> _all = [];
        private readonly HashSet<string> _dead = [];

        public int Leaders => _all.Count(c => !_dead.Contains(c.Key) && c.Value.Elector.IsLeader);

        public string? Leader => _all.FirstOrDefault(c => !_dead.Contains(c.Key) && c.Value.Elector.IsLeader).Key;

        public IEnumerable<MemoryLeases.Access> Accesses => _all.Values.Select(c => c.Access);

        public void Add(string name)
        {
            var access = test._leases.As(name);
            var elector = test.Elector(Options(name), access);
            var stop = new CancellationTokenSource();
            _all[name] = (elector, access, stop, elector.RunAsync(work => Task.Delay(Timeout.InfiniteTimeSpan, test._time, work), stop.Token));
        }

        public void Stop(string name) => _all[name].Stop.Cancel();

        /// <summary>As kill -9: no request of it reaches the server any more, and nobody asks it.</summary>
        public void Kill(string name)
        {
            _dead.Add(name);
            _all[name].Access.IsDown = true;
        }

        public void RestartFallen()
        {
            foreach (var (name, _) in _all.Where(c => c.Value.Run.IsCompleted).ToList())
            {
                Add(name);
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var candidate in _all.Values)
            {
                await candidate.Stop.CancelAsync();
                await test._time.AdvanceUntilAsync("the candidate ends", () => candidate.Run.IsCompleted, TimeSpan.FromMinutes(1));
                candidate.Stop.Dispose();
            }
        }
    }
}
