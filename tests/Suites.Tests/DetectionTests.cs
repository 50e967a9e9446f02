using LoadTesting.Runner.Target;

namespace LoadTesting.Suites.Tests;

/// <summary>The detection API: every endpoint, batches, streams. Its limiter, its evictions and its leak: <see cref="DetectionStateTests"/>, beside this class.</summary>
public sealed class DetectionTests
{
    internal const string Key = "API_KEY=test-key";

    private static readonly Scaling Smoke = new() { Time = 0.05, Latency = 4, Pauses = 0.1 };

    private static readonly Scaling Stress = new() { Time = 1 / 100.0, Load = 0.02, Latency = 3 };

    [Fact]
    public async Task Every_endpoint_answers_also_the_one_that_does_not_exist()
    {
        var run = await Suite.PassAsync("detection/smoke.yaml", Smoke, TargetBehaviour.Documented, "-e", Key);
        Assert.Equal(0, run.Metric("http_req_failed", "rate"));
        Assert.True(run.Truth.Statuses[404] > 0, "404s were asked for");
        Assert.Equal(0, run.Counted("detection.limited"));
    }

    [Fact]
    [Trait("covers", "004-131")]
    public async Task Events_and_anomalies_are_counted_as_the_api_counts_them()
    {
        var run = await Suite.PassAsync("detection/load.yaml", Scalings.DetectionLoad, TargetBehaviour.Documented, "-e", Key);
        Assert.Equal(run.Counted("detection.events"), (long)run.Metric("events_processed", "count"));
        Assert.Equal(run.Counted("detection.anomalies"), (long)run.Metric("anomalies_detected", "count"));
        Assert.True(run.Counted("detection.anomalies") > 0, "one event in a hundred is an anomaly");
        var share = run.Metric("anomalies_detected", "count") / run.Metric("events_processed", "count");
        Assert.InRange(share, 0.003, 0.03);
    }

    [Fact]
    public async Task An_api_that_is_three_times_as_slow_fails_by_its_own_clock_and_by_ours()
    {
        // Three times, not twice: its 95th percentile then lies beyond both limits whatever sizes the few batches of a short run draw, ours being over all kinds of requests.
        (await Suite.RunAsync("detection/load.yaml", Scalings.DetectionLoad, new TargetBehaviour { Misbehaviour = Misbehaviour.Slow, LatencyFactor = 1.5 }, "-e", Key))
            .Failed("http_req_duration p(95)<1500", "detect_latency p(95)<1200");
    }

    [Fact]
    public async Task Every_batch_under_stress_is_on_a_stream_of_its_own()
    {
        var run = await Suite.PassAsync("detection/stress.yaml", Stress, TargetBehaviour.Documented, "-e", Key);
        Assert.Equal(run.Counted("detection.requests"), run.Counted("detection.streams"));
        Assert.Equal(run.Counted("detection.events"), (long)run.Metric("events_processed", "count"));
    }

    [Fact]
    public async Task More_errors_than_stress_excuses_fail_the_run()
    {
        (await Suite.RunAsync("detection/stress.yaml", Stress, new TargetBehaviour { Misbehaviour = Misbehaviour.Errors }, "-e", Key)).Failed("http_req_failed rate<0.05");
    }
}

/// <summary>What the detection API remembers: who came how often, which streams it saw, and what it never frees.</summary>
public sealed class DetectionStateTests
{
    private const string Key = DetectionTests.Key;

    /// <summary>Six seconds, five clients.</summary>
    private static readonly Scaling Capacity = new() { Time = 1 / 100.0, Load = 0.05, Latency = 3, Pauses = 0.1, Thresholds = [("unique_streams", "count>1000", "count>40")] };

    /// <summary>And a fiftieth of the detectors.</summary>
    private static readonly string[] Small = ["-e", Key, "-v", "detectors=20", "-v", "streams=40"];

    private static readonly Scaling Soak = new() { Time = 1 / 200.0, Load = 0.1, Latency = 3, Pauses = 0.1 };

    private static readonly TargetBehaviour ShortWindow = new() { LimiterWindow = Scalings.LimiterWindow };

    [Fact]
    [Trait("covers", "004-69 004-135")]
    public async Task Ten_a_minute_pass_and_the_others_are_refused_and_told_when_to_retry()
    {
        var run = await Suite.PassAsync("detection/rate-limit.yaml", Scalings.RateLimit, ShortWindow);
        Assert.Equal(30, run.Metric("successful_requests", "count"));
        Assert.Equal(run.Counted("detection.requests"), (long)run.Metric("successful_requests", "count"));
        Assert.Equal(run.Truth.Statuses[429], run.Counted("detection.limited"));
        Assert.True(run.Metric("rate_limited_responses", "rate") > 0.5);
    }

    [Fact]
    public async Task A_limiter_that_is_off_fails_the_run()
    {
        var run = (await Suite.RunAsync("detection/rate-limit.yaml", Scalings.RateLimit, ShortWindow with { Misbehaviour = Misbehaviour.Unlimited }))
            .Failed("rate_limited_responses rate>0.5", "successful_requests count<=30");
        Assert.False(run.Truth.Statuses.ContainsKey(429));
    }

    [Fact]
    public async Task More_streams_than_detectors_pass_because_old_ones_make_room()
    {
        var run = await Suite.PassAsync("detection/capacity.yaml", Capacity, new TargetBehaviour { Detectors = 20 }, [.. Small, "--runners", "2"]);
        Assert.Equal(run.Counted("detection.streams"), (long)run.Metric("unique_streams", "count"));
        Assert.True(run.Counted("detection.evicted") > 0, "there were more streams than detectors");
    }

    [Fact]
    public async Task Detectors_that_are_never_freed_fail_the_run_by_the_apis_own_books()
    {
        var run = (await Suite.RunAsync("detection/capacity.yaml", Capacity, new TargetBehaviour { Detectors = 20, Misbehaviour = Misbehaviour.Leak }, Small)).Failed();
        Assert.Contains("kept no more detectors than it may", run.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_steady_load_passes_the_soak()
    {
        var run = await Suite.PassAsync("detection/soak.yaml", Soak, TargetBehaviour.Documented, "-e", Key);
        Assert.Equal(run.Counted("detection.requests"), (long)run.Metric("http_reqs", "count"));
    }

    [Fact]
    public async Task A_leak_fails_the_soak()
    {
        (await Suite.RunAsync("detection/soak.yaml", Soak, new TargetBehaviour { Misbehaviour = Misbehaviour.Leak, LeakPerRequest = 0.5 }, "-e", Key))
            .Failed("detect_latency p(95)<1500", "http_req_duration p(95)<1800", "drift{metric:detect_latency} value<50%");
    }

    [Fact]
    public async Task A_leak_that_breaks_no_limit_yet_fails_the_soak_by_its_drift()
    {
        var run = (await Suite.RunAsync("detection/soak.yaml", Soak, new TargetBehaviour { Misbehaviour = Misbehaviour.Leak, LeakPerRequest = 0.02 }, "-e", Key))
            .Failed("drift{metric:detect_latency} value<50%");
        Assert.DoesNotContain(run.Broken, b => b.StartsWith("detect_latency", StringComparison.Ordinal));
    }
}
