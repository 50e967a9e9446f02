using LoadTesting.Kubernetes.Objects;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Reconciling;

namespace LoadTesting.Operator.Tests.Reconciling;

public sealed class VerdictSummaryTests
{
    private static readonly LoadTestStatus Failed = new()
    {
        Phase = RunPhase.Finished, Verdict = "Failed", Reason = "ThresholdsFailed", Message = "1 of 2 thresholds broken: http_req_duration p(95) 812 ms, limit 500 ms",
        Thresholds =
        [
            new() { Metric = "checks", Expression = "rate>0.9", Ok = true, Message = "1, limit 0.9" },
            new() { Metric = "http_req_duration", Expression = "p(95)<500", Message = "812 ms, limit 500 ms" },
        ],
        Conditions = [new Condition { Type = "Complete", Status = "True" }, new Condition { Type = "Succeeded", Status = "False" }],
    };

    [Fact]
    public void Verdict_broken_thresholds_and_conditions_stand_together() => Assert.Equal(
        [
            "Failed (ThresholdsFailed): 1 of 2 thresholds broken: http_req_duration p(95) 812 ms, limit 500 ms", "✗ http_req_duration p(95)<500: 812 ms, limit 500 ms", "✓ 1 of 2 thresholds hold",
            "Complete=True Succeeded=False",
        ],
        VerdictSummary.Of(Failed));

    [Fact]
    public void Of_many_broken_ones_the_first_are_named() =>
        Assert.Equal(13, VerdictSummary.Of(Failed with { Thresholds = [.. Enumerable.Repeat(Failed.Thresholds![1], 99)] })!.Count);

    [Fact]
    public void Before_the_verdict_the_phase_stands_in_its_place() => Assert.Equal(
        ["Running (Running): Load is being sent."], VerdictSummary.Of(new LoadTestStatus { Phase = RunPhase.Running, Reason = "Running", Message = "Load is being sent." }));

    [Fact]
    public void A_status_that_nobody_wrote_has_none() => Assert.Null(VerdictSummary.Of(new LoadTestStatus()));

    [Fact]
    public void It_comes_last_of_all_that_describe_prints()
    {
        // kubectl sorts by name.
        var last = typeof(LoadTestStatus).GetProperties().Where(p => p.SetMethod is not null).Select(p => p.Name).Order(StringComparer.Ordinal).Last();
        Assert.Equal(nameof(LoadTestStatus.VerdictSummary), last);
    }
}
