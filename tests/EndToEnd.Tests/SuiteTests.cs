using Xunit.Abstractions;

namespace LoadTesting.EndToEnd.Tests;

/// <summary>
/// Users' suites with several runners in a real cluster: they pass when the system behaves, fail when it does not, and count what the system itself counted.
/// </summary>
[Collection(NodesCollection.Name)]
public sealed class SuiteTests(SuiteStage stage, ITestOutputHelper output) : IClassFixture<SuiteStage>
{
    [SkippableFact]
    public async Task Three_runners_together_sell_exactly_a_hundred()
    {
        var run = Say(await stage.SoundAsync(SuiteCase.FlashSale)).Passed();
        Assert.Equal((1, 100, 100), (run.Counted("shop.opened"), run.Counted("shop.sold"), run.Count("orders_accepted")));
        // Answers that the ramp down cut off were given but not received.
        var cut = run.Counted("shop.sold_out") + run.Counted("shop.waiting") - run.Count("orders_rejected") - run.Count("rate_limited");
        Assert.InRange(cut, 0, run.Count("interrupted_iterations"));
        Assert.InRange(run.Requests - run.Count("http_reqs"), 0, run.Count("interrupted_iterations"));
        Assert.True(run.Count("orders_rejected") > 0, $"the sale was sold out: {run}");
    }

    [SkippableFact]
    public async Task One_too_many_sold_fails_the_sale()
    {
        var run = Say(await stage.FaultyAsync(SuiteCase.FlashSale)).Failed();
        Assert.Equal((101, 101), (run.Counted("shop.sold"), run.Count("orders_accepted")));
        Assert.Contains("orders_accepted count 101", (string)run.Status["message"]!, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Events_and_anomalies_of_two_runners_are_what_the_detection_api_counted()
    {
        var run = Say(await stage.SoundAsync(SuiteCase.Detection)).Passed();
        Assert.Equal(run.Requests, run.Count("http_reqs"));
        Assert.Equal(run.Counted("detection.events"), run.Count("events_processed"));
        Assert.Equal(run.Counted("detection.anomalies"), run.Count("anomalies_detected"));
        Assert.True(run.Counted("detection.anomalies") > 0, $"one event in a hundred is an anomaly: {run}");
    }

    [SkippableFact]
    public async Task A_detection_api_that_is_twice_as_slow_fails_by_its_own_clock_and_by_ours()
    {
        var run = Say(await stage.FaultyAsync(SuiteCase.Detection)).Failed();
        Assert.DoesNotContain(run.Broken, b => b.StartsWith("http_req_failed", StringComparison.Ordinal));
        Assert.Equal(run.Counted("detection.events"), run.Count("events_processed"));
    }

    [SkippableFact]
    public async Task A_limiter_lets_through_what_it_may_and_refuses_the_rest()
    {
        var run = Say(await stage.SoundAsync(SuiteCase.RateLimit)).Passed();
        Assert.Equal(run.Counted("detection.requests"), run.Count("successful_requests"));
        Assert.Equal(run.Requests, run.Count("http_reqs"));
        Assert.Equal(run.Answered(429), run.Requests - run.Count("successful_requests"));
        Assert.InRange(run.Answered(429), 1, run.Requests);
    }

    [SkippableFact]
    public async Task A_limiter_that_is_off_fails_the_run()
    {
        var run = Say(await stage.FaultyAsync(SuiteCase.RateLimit)).Failed();
        Assert.Equal(0, run.Answered(429));
    }

    [SkippableFact]
    public async Task Two_runners_together_meet_the_rate_and_the_mix_of_the_chat_platform()
    {
        var run = Say(await stage.SoundAsync(SuiteCase.Chat)).Passed();
        Assert.Equal((250, 250), (run.Requests, run.Count("http_reqs")));
        Assert.Equal(run.Counted("chat.sent"), run.Count("messages_sent"));
        Assert.Equal(run.Counted("chat.received"), run.Count("messages_received"));
        Assert.InRange(run.Counted("chat.sent") / 250.0, 0.45, 0.55);
        Assert.InRange((run.Counted("chat.history_found") + run.Counted("chat.history_empty")) / 250.0, 0.25, 0.35);
    }

    [SkippableFact]
    public async Task A_chat_platform_that_is_twice_as_slow_fails_its_objective()
    {
        var run = Say(await stage.FaultyAsync(SuiteCase.Chat)).Failed();
        Assert.DoesNotContain(run.Broken, b => b.StartsWith("http_req_failed", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task A_service_is_asked_with_the_Secrets_key_for_the_ConfigMaps_terms()
    {
        var run = Say(await stage.SoundAsync(SuiteCase.Search)).Passed();
        Assert.Equal(run.Requests, run.Count("http_reqs"));
        Assert.Equal(0, run.Answered(401));
    }

    [SkippableFact]
    public async Task A_service_that_is_twice_as_slow_fails_each_objective()
    {
        Say(await stage.FaultyAsync(SuiteCase.Search)).Failed();
    }

    private SuiteOutcome Say(SuiteOutcome run)
    {
        output.WriteLine($"{run.Run}: {run.Status["verdict"]} {run.Status["reason"]}: {run.Status["message"]}; runners {run.Status["runners"]!["ready"]}, start skew {run.Status["runners"]!["startSkew"]}");
        return run;
    }
}
