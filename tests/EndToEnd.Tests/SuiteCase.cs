using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LoadTesting.Suites.Tests;

namespace LoadTesting.EndToEnd.Tests;

/// <summary>A suite's example in the cluster, with a simulated system of its own.</summary>
/// <param name="Example">Path below <c>examples</c>.</param>
/// <param name="Test">Name of its LoadTest.</param>
/// <param name="Target">Name of its system: a Deployment and a Service.</param>
/// <param name="Scaling">How it is made short and small, latencies of the system included.</param>
/// <param name="Runners">How many share its load.</param>
/// <param name="Fault">What the system does wrong the second time.</param>
/// <param name="Broken">Thresholds that the fault breaks, by the beginning of <c>metric expression</c>.</param>
internal sealed record SuiteCase(string Example, string Test, string Target, Scaling Scaling, int Runners, string Fault, params string[] Broken)
{
    /// <summary>The flash sale's system is the one that the sample makes.</summary>
    public static readonly SuiteCase FlashSale = new("flash-sale/flash-sale.yaml", "flash-sale", "demo-target", Scalings.FlashSale, 3, "oversell", "orders_accepted count==100");

    public static readonly SuiteCase Detection = new(
        "detection/load.yaml", "detection-load", "detection", Scalings.DetectionLoad, 2, "slow", "http_req_duration p(95)<1500", "detect_latency p(95)<1200");

    /// <summary>The limit counts by source, so this one has a single runner.</summary>
    public static readonly SuiteCase RateLimit = new(
        "detection/rate-limit.yaml", "detection-rate-limit", "limiter", Scalings.RateLimit, 1, "unlimited", "rate_limited_responses rate>0.5", "successful_requests count<=30");

    public static readonly SuiteCase Chat = new(
        "chat/target-10k-rpm.yaml", "chat-10k-rpm", "chat", Scalings.ChatRate, 2, "slow", "http_req_duration p(95)<1500", "http_req_duration{name:history} p(95)<1500");

    public static readonly SuiteCase Search = new(
        "slo-services/search.yaml", "search", "platform", Scalings.ServiceSmoke, 2, "slow", "http_req_duration{name:suggest} p(95)<=960", "http_req_duration{name:search} p(95)<=1600");

    public static readonly IReadOnlyList<SuiteCase> All = [FlashSale, Detection, RateLimit, Chat, Search];
}

/// <summary>What a run left behind: the LoadTest's status, and what the system counted itself.</summary>
internal sealed partial record SuiteOutcome(SuiteCase Suite, JsonNode Status, JsonNode Truth, string Log)
{
    public string? Run => (string?)Status["run"];

    /// <summary>Thresholds that did not hold, as <c>metric expression</c>.</summary>
    public IReadOnlyList<string> Broken =>
        [.. (Status["thresholds"]?.AsArray() ?? []).Where(t => (bool?)t!["ok"] == false).Select(t => $"{t!["metric"]} {t["expression"]}")];

    /// <summary>Whether the machine held the runners up, as they saw themselves (the verdict's own limit is 100 ms): such a run proves nothing about the suite.</summary>
    public bool IsDisturbed => (string?)Status["reason"] == "RunnerLost" || Number("generator_stall", "max") > 100;

    /// <summary>Whether a limit on times is broken, or load could not be started: what else is broken may follow from it (fewer requests, of which fewer are one too many).</summary>
    public bool IsSlow => (string?)Status["reason"] is "ThresholdsFailed" or "LoadNotDelivered"
        && (Broken.Count == 0 || Broken.Any(b => b.StartsWith("dropped_iterations", StringComparison.Ordinal) || TimeLimit().IsMatch(b)));

    /// <summary>Whether it says what the suite's fault should make it say.</summary>
    public bool ShowsTheFault => (string?)Status["verdict"] == "Failed" && Missing.Count == 0 && (Suite.Fault != "oversell" || Counted("shop.sold") > 100);

    private IReadOnlyList<string> Missing => [.. Suite.Broken.Where(expected => !Broken.Any(b => b.StartsWith(expected, StringComparison.Ordinal)))];

    /// <summary>Requests that the system saw.</summary>
    public long Requests => (long)Truth["requests"]!;

    /// <summary>What the system counted under this name; 0 when nothing.</summary>
    public long Counted(string counter) => (long?)Truth["counters"]![counter] ?? 0;

    /// <summary>Answers with this status, as the system counted them.</summary>
    public long Answered(int status) => (long?)Truth["statuses"]![$"{status}"] ?? 0;

    /// <summary>A count of the status' metric list; 0 for one that was never sampled.</summary>
    public long Count(string metric) => (long)Number(metric, "count");

    /// <summary>Passed, by as many runners as there should be.</summary>
    public SuiteOutcome Passed()
    {
        Assert.True((string?)Status["verdict"] == "Passed", $"expected Passed: {this}");
        Assert.Equal((Suite.Runners, "True"), ((int)Status["runners"]!["ready"]!, Scene.Condition(Status, "Ready")));
        return this;
    }

    /// <summary>Failed by what the fault breaks.</summary>
    public SuiteOutcome Failed()
    {
        Assert.True((string?)Status["verdict"] == "Failed", $"expected Failed: {this}");
        Assert.Equal("True", Scene.Condition(Status, "Stalled"));
        Assert.True(Missing.Count == 0, $"expected broken as well: {string.Join("; ", Missing)}: {this}");
        return this;
    }

    public override string ToString() => $"{Status}\n{Truth}\n{Log}";

    private double Number(string metric, string value) => (double?)Status["metrics"]?.AsArray().FirstOrDefault(m => (string?)m!["name"] == metric)?[value] ?? 0;

    [GeneratedRegex(@" (avg|min|med|max|p\([\d.]+\))[<>=]")]
    private static partial Regex TimeLimit();
}
