using LoadTesting.Runner.Target;

namespace LoadTesting.Suites.Tests;

/// <summary>The messaging platform: its mix, its conversations, its spike, each failing when the platform does.</summary>
public sealed class ChatTests
{
    private static readonly Scaling Smoke = new() { Time = 0.05, Load = 0.5, Latency = 3, Pauses = 0.1 };

    /// <summary>Nine seconds, 50 users.</summary>
    private static readonly Scaling Conversations = new() { Time = 1 / 60.0, Load = 1 / 200.0, Latency = 3, Pauses = 0.03, Thresholds = [("conversations", "count>9500", "count>45")] };

    [Fact]
    public async Task Every_endpoint_is_tried_and_every_answer_checked()
    {
        var run = await Suite.PassAsync("chat/smoke.yaml", Smoke, TargetBehaviour.Documented);
        // One more arrived than was measured: the look whether the platform is up.
        Assert.Equal(run.Truth.Requests, (long)run.Metric("http_reqs", "count") + 1);
        Assert.Equal(1, run.Metric("checks", "rate"));
    }

    [Fact]
    [Trait("covers", "003-42 003-29")]
    public async Task The_mix_is_50_30_15_5_and_the_rate_is_met_exactly()
    {
        var run = await Suite.PassAsync("chat/target-10k-rpm.yaml", Scalings.ChatRate, TargetBehaviour.Documented);
        var requests = run.Metric("http_reqs", "count");
        Assert.Equal(250, requests);
        Assert.Equal(250, run.Truth.Requests);
        Assert.Equal(run.Counted("chat.sent"), (long)run.Metric("messages_sent", "count"));
        Assert.Equal(run.Counted("chat.received"), (long)run.Metric("messages_received", "count"));
        Assert.InRange(run.Counted("chat.sent") / requests, 0.45, 0.55);
        Assert.InRange((run.Counted("chat.history_found") + run.Counted("chat.history_empty")) / requests, 0.25, 0.35);
        Assert.InRange(run.Counted("chat.received") / requests, 0.02, 0.08);
    }

    [Fact]
    public async Task A_platform_that_is_twice_as_slow_fails_its_objective()
    {
        var run = (await Suite.RunAsync("chat/target-10k-rpm.yaml", Scalings.ChatRate, new TargetBehaviour { Misbehaviour = Misbehaviour.Slow }))
            .Failed("http_req_duration p(95)<1500", "http_req_duration{name:history} p(95)<1500");
        Assert.DoesNotContain(run.Broken, b => b.StartsWith("http_req_failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_platform_that_fails_every_tenth_request_fails_the_error_rate()
    {
        var run = (await Suite.RunAsync("chat/target-10k-rpm.yaml", Scalings.ChatRate, new TargetBehaviour { Misbehaviour = Misbehaviour.Errors })).Failed("http_req_failed rate<0.01");
        Assert.Equal(run.Counted("chat.rejected"), (long)Math.Round(run.Metric("http_req_failed", "rate") * run.Metric("http_reqs", "count")));
    }

    [Fact]
    public async Task Every_user_holds_a_conversation_of_its_own()
    {
        var run = await Suite.PassAsync("chat/concurrent-conversations.yaml", Conversations, TargetBehaviour.Documented);
        Assert.Equal(run.Counted("chat.conversations"), (long)run.Metric("conversations", "count"));
        Assert.True(run.Counted("chat.history_found") > 0, "somebody reads what was written");
        Assert.Equal(run.Counted("chat.sent"), (long)run.Metric("messages_sent", "count"));
    }

    [Fact]
    public async Task Histories_are_written_before_the_load_and_read_in_full()
    {
        var run = await Suite.PassAsync("chat/history.yaml", new Scaling { Time = 0.05, Load = 0.1, Latency = 0.1, Pauses = 0.1 }, TargetBehaviour.Documented, "-v", "conversations=2", "--runners", "2");
        Assert.Equal(200, run.Counted("chat.sent"));
        Assert.Equal(run.Counted("chat.history_found"), (long)run.Metric("http_reqs", "count") - 200);
    }
}
