using System.Net;
using LoadTesting.Runner.Target;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Desk;

/// <summary>Prometheus' view of the target as metrics of a run at the desk: a real Prometheus scrapes the demo target, whose leak is known.</summary>
[Collection(DeskCase.Name)]
public sealed class ObserveTests
{
    [SkippableFact]
    [Trait("covers", "003-49 003-66 003-67")]
    public async Task A_target_that_keeps_its_memory_passes_and_one_that_leaks_fails_on_its_growth()
    {
        // Two Prometheus side by side: they sample once a second and wait in between.
        var (soundly, leakily) = (RunAsync(Misbehaviour.None, p => p.Url), RunAsync(Misbehaviour.Leak, p => p.Url));
        var sound = await soundly;
        Assert.True(sound.Verdict == "Passed", sound.Output);
        Assert.Equal(20e6, sound.Metric("heap", "max"));
        Assert.Contains("Pods are observed in a cluster only", sound.Output, StringComparison.Ordinal);

        var leaking = await leakily;
        Assert.True(leaking.Verdict == "Failed", leaking.Output);
        Assert.Contains("drift{metric:heap} value", leaking.Report.GetProperty("message").GetString(), StringComparison.Ordinal);

        // Every second one number, each above the one before: what was sampled is what Prometheus had at these instants.
        var points = leaking.Report.GetProperty("observed")[0].GetProperty("points").EnumerateArray().Select(p => (At: p[0].GetInt32(), Bytes: p[1].GetDouble())).ToList();
        Assert.InRange(points.Count, 11, 13);
        Assert.Equal(points.OrderBy(p => p.At).ThenBy(p => p.Bytes), points);
        Assert.True(points[^1].Bytes > points[0].Bytes, leaking.Output);
    }

    internal static async Task<DeskOutcome> RunAsync(Misbehaviour misbehaviour, Func<PrometheusServer, Uri> address, params string[] more)
    {
        await using var target = await TargetServer.StartAsync(IPAddress.Loopback, 0, TimeProvider.System, new TargetBehaviour { Misbehaviour = misbehaviour });
        await using var prometheus = await PrometheusServer.ScrapingAsync(target.Url);
        return await DeskCase.RunAsync(Manifest(address(prometheus)), ["--target", target.Url.ToString(), .. more]);
    }

    internal static string Manifest(Uri prometheus) => $$$$"""
        apiVersion: loadtest.dev/v1alpha1
        kind: LoadTest
        metadata: {name: observed}
        spec:
          target: http://to.be.replaced
          observe:
            pods: {selector: {matchLabels: {app: shop}}}
            prometheus:
              - {name: heap, url: "{{{{prometheus}}}}", interval: 1s, unit: bytes, query: demo_memory_bytes}
              - {name: queue_lag, url: "{{{{prometheus}}}}", interval: 1s, query: sum(demo_queue_lag)}
          flows: {main: [{request: {url: /json}}, {sleep: 50ms}]}
          scenarios: {load: {executor: constant-vus, vus: 2, duration: 12s}}
          thresholds:
            heap: ["max<1GB or absent"]
            queue_lag: ["max<10000 or absent"]
            "drift{metric:heap}": ["value<10%"]
            target_restarts: ["count==0 or absent"]
        """;
}
