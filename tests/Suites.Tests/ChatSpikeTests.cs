using LoadTesting.Runner.Target;

namespace LoadTesting.Suites.Tests;

/// <summary>The messaging platform under a sudden crowd, and after it.</summary>
public sealed class ChatSpikeTests
{
    /// <summary>
    /// 18 seconds, 10 users and 100 in the spike. The baseline's one second is hardly longer than its iterations, the last of which see the spike: there the median.
    /// </summary>
    private static readonly Scaling Spike = new()
    {
        Time = 1 / 30.0,
        Load = 0.01,
        Latency = 1.5,
        Pauses = 0.1,
        Thresholds = [("http_req_duration{scenario:baseline}", "p(95)<500", "med<750")],
    };

    /// <summary>A capacity between the two: the crowd alone has more than 50 requests in progress.</summary>
    private static readonly TargetBehaviour Small = new() { ChatCapacity = 40 };

    [Fact]
    [Trait("covers", "004-39")]
    public async Task A_crowd_is_partly_turned_away_and_forgotten_when_it_is_gone()
    {
        var run = await Suite.PassAsync("chat/spike.yaml", Spike, Small);
        Assert.InRange(run.Metric("circuit_breaker_open", "count"), 1, run.Counted("chat.rejected"));
        OnlyTheCrowdSeesErrors(run);
    }

    [Fact]
    public async Task A_platform_that_does_not_recover_fails_by_the_time_after_the_spike_alone()
    {
        const string Time = "http_req_duration{scenario:recovered} p(95)<750";
        var run = (await Suite.RunAsync("chat/spike.yaml", Spike, Small with { Misbehaviour = Misbehaviour.NoRecovery })).Failed(Time);
        // On a machine that is slow, what the crowd still has in progress takes users that come after it over the capacity for a moment.
        Assert.Empty(run.Broken.Except([Time, "http_req_failed{scenario:recovered} rate<0.01"]));
        OnlyTheCrowdSeesErrors(run);
    }

    /// <summary>From how many users on there are errors: no second with few users has any. Users are counted at its start, and it ends where the next begins.</summary>
    private static void OnlyTheCrowdSeesErrors(SuiteRun run)
    {
        var seconds = run.Report.GetProperty("series").EnumerateArray().Select(p => (Vus: p.GetProperty("vus").GetInt64(), Failed: p.GetProperty("failed").GetInt64())).ToList();
        var few = seconds.Where((s, i) => s.Failed > 0 && Math.Max(s.Vus, i + 1 < seconds.Count ? seconds[i + 1].Vus : 0) <= 20);
        Assert.True(!few.Any(), string.Join(' ', seconds));
    }
}
