using System.Text.Json.Nodes;
using LoadTesting.TestKit;
using Xunit.Abstractions;

namespace LoadTesting.EndToEnd.Tests;

/// <summary>What the operator observes of a target in a cluster: its Pods, and what a runner asks Prometheus for.</summary>
public sealed class ObserveTests(NodesFixture fixture, ITestOutputHelper output) : IClassFixture<NodesFixture>
{
    private const string Thresholds = "{target_restarts: ['count==0'], target_pod_deletions: ['count==0'], target_oom_kills: ['count==0'], target_pods_ready: ['min>=1']}";

    [SkippableFact]
    [Trait("covers", "003-23 003-65")]
    public async Task A_target_left_alone_passes_one_that_restarts_or_loses_a_Pod_fails_and_one_unseen_is_invalid()
    {
        await using var scene = await Scene.OpenAsync(fixture.Cluster, withOperator: false);
        await scene.KubectlAsync("patch", "deployment", "demo-target", "--type=json", "-p", """[{"op": "add", "path": "/spec/template/spec/containers/0/args/-", "value": "--misbehave=crash"}]""");
        await scene.KubectlAsync("rollout", "status", "deployment/demo-target", "--timeout=240s");
        await Eventually.SeeAsync("the old Pod is gone", () => scene.KubectlAsync("get", "pods", "-l", "app.kubernetes.io/name=demo-target", "-o", "name"), pods => pods.Trim().Split('\n').Length == 1);

        // An operator that was not told that tests may observe Pods says so.
        var blind = scene.StartOperator();
        await scene.ApplyAsync(Manifest("refused", 1));
        var refused = await scene.VerdictAsync("refused");
        Assert.Equal(("Error", "InvalidManifest"), ((string?)refused["verdict"], (string?)refused["reason"]));
        Assert.Contains("--observe-pods", (string?)refused["message"], StringComparison.Ordinal);
        await blind.KillAsync();

        scene.StartOperator("--observe-pods", "own");
        await scene.ApplyAsync(Manifest("calm", 6));
        var calm = await scene.VerdictAsync("calm");
        Assert.True((string?)calm["verdict"] == "Passed", $"{calm}\n{scene.Log}");
        Assert.Equal(0, Scene.Metric(calm, "target_restarts", "count"));

        // Its container dies and is started again in the same Pod; then the Pod is deleted. The run is told of neither.
        await scene.ApplyAsync(Manifest("hurt", 60).Replace("target_pods_ready: ['min>=1']", "'recovery_time{mark:pod-deleted,hold:2s}': ['value<1m'], http_req_failed: ['rate<=1 after container-restarted', 'rate<1']", StringComparison.Ordinal));
        await scene.SeeAsync("hurt", "load", s => (string?)s["phase"] == "Running" && (long?)s["load"]?["requests"] > 0);
        await scene.CrashTargetAsync();
        await scene.SeeAsync("hurt", "the restart", s => Happenings(s).Contains("container target of Pod demo-target", StringComparison.Ordinal) && Happenings(s).Contains("restarted (Error, exit code 1)", StringComparison.Ordinal));
        await scene.KubectlAsync("delete", "pod", "-l", "app.kubernetes.io/name=demo-target", "--wait=false");
        var hurt = await scene.VerdictAsync("hurt");
        output.WriteLine($"{hurt["verdict"]} {hurt["reason"]}: {hurt["message"]}\n{Happenings(hurt)}");
        Assert.Equal(("Failed", "ThresholdsFailed"), ((string?)hurt["verdict"], (string?)hurt["reason"]));
        Assert.Contains("target_restarts count 1, wanted exactly 0", (string?)hurt["message"], StringComparison.Ordinal);
        Assert.Contains("target_pod_deletions count 1, wanted exactly 0", (string?)hurt["message"], StringComparison.Ordinal);
        var report = await scene.ReportAsync(hurt);
        Assert.Equal(["container-restarted", "pod-deleted"], report["marks"]!.AsArray().Select(m => (string)m!["name"]!).Order(StringComparer.Ordinal));
        foreach (var threshold in report["thresholds"]!.AsArray().Where(t => (string?)t!["metric"] is "recovery_time{mark:pod-deleted,hold:2s}" or "http_req_failed"))
        {
            Assert.True(threshold!["noData"] is null, threshold.ToJsonString());
        }

        // The demo target is no Prometheus, and Pods that no selector matches are not seen to be well.
        await scene.ApplyAsync(Manifest("unseen", 2).Replace("app.kubernetes.io/name: demo-target", "app.kubernetes.io/name: nobody", StringComparison.Ordinal)
            .Replace("  observe:\n", "  observe:\n    prometheus: [{name: lag, url: \"http://demo-target:8080\", query: up, interval: 1s}]\n", StringComparison.Ordinal)
            .Replace("target_restarts:", "lag: ['max<1 or absent'], target_restarts:", StringComparison.Ordinal));
        var unseen = await scene.VerdictAsync("unseen");
        output.WriteLine($"{unseen["verdict"]} {unseen["reason"]}: {unseen["message"]}");
        Assert.Equal(("Invalid", "TargetNotObserved"), ((string?)unseen["verdict"], (string?)unseen["reason"]));
        Assert.Contains("http://demo-target:8080: status 404", (string?)unseen["message"], StringComparison.Ordinal);
        Assert.Contains("no Pod matches app.kubernetes.io/name=nobody", (string?)unseen["message"], StringComparison.Ordinal);
    }

    private static string Happenings(JsonNode status) => string.Join('\n', status["happenings"]?.AsArray().Select(h => (string)h!) ?? []);

    private static string Manifest(string name, int seconds) => Scene.Manifest(
        name, rate: 10, seconds, thresholds: Thresholds, more: "  observe:\n    pods: {selector: {matchLabels: {app.kubernetes.io/name: demo-target}}}");
}
