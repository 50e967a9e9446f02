using LoadTesting.TestKit;
using Xunit.Abstractions;

namespace LoadTesting.EndToEnd.Tests;

/// <summary>What goes wrong in clusters: each ends in a documented verdict and reason, by itself.</summary>
public sealed class OperatorFaultTests(NodesFixture fixture, ITestOutputHelper output) : IClassFixture<NodesFixture>
{
    [SkippableFact]
    public async Task Whatever_keeps_runners_from_starting_is_said_and_ends_the_run()
    {
        await using var scene = await Scene.OpenAsync(fixture.Cluster);
        string With(string name, string runners) => Scene.Manifest(name, 10, 2).Replace("runners: {replicas: 1, onLoss: fail, resources: {requests: {cpu: 200m, memory: 32Mi} } }", runners, StringComparison.Ordinal);
        (string Name, string Manifest, string Reason, string Says)[] cases =
        [
            ("no-image", With("no-image", "runners: {image: 'localhost/no-such-image:1'}"), "ImagePullFailed", "ErrImageNeverPull"),
            ("no-node", With("no-node", "runners: {resources: {requests: {cpu: '64'} } }"), "Unschedulable", "Insufficient cpu"),
            ("no-secret", With("no-secret", "env: [{name: KEY, valueFrom: {secretKeyRef: {name: missing, key: k} } }]"), "RunnerFailed", "missing"),
            ("not-valid", Scene.Manifest("not-valid", 10, 2).Replace("rate: 10", "rate: -1", StringComparison.Ordinal).Replace("url: /json", "url: '/${nothing}'", StringComparison.Ordinal), "InvalidManifest", "2 problems"),
        ];
        foreach (var (_, manifest, _, _) in cases)
        {
            await scene.ApplyAsync(manifest);
        }

        foreach (var (name, _, reason, says) in cases)
        {
            var status = await scene.VerdictAsync(name);
            output.WriteLine($"{name}: {status["verdict"]} {status["reason"]}: {status["message"]}");
            Assert.Equal(("Error", reason, "True"), ((string?)status["verdict"], (string?)status["reason"], Scene.Condition(status, "Stalled")));
            Assert.Contains(says, (string)status["message"]!, StringComparison.Ordinal);
        }

        await Eventually.SeeAsync("no runner Pod is left", scene.RunnerPodsAsync, pods => pods.Length == 0);
    }

    [SkippableFact]
    public async Task A_quota_that_refuses_Pods_and_a_memory_limit_that_is_too_small_are_named()
    {
        await using var scene = await Scene.OpenAsync(fixture.Cluster);
        await scene.ApplyAsync(Scene.Manifest("tight", 10, 2).Replace("requests: {cpu: 200m, memory: 32Mi}", "limits: {memory: 8Mi}", StringComparison.Ordinal));
        var status = await scene.VerdictAsync("tight");
        output.WriteLine($"tight: {status["reason"]}: {status["message"]}");
        // How far a program gets in 8 MiB decides which of the two the kubelet sees.
        Assert.True((string?)status["verdict"] == "Error" && (string?)status["reason"] is "OutOfMemory" or "RunnerFailed", $"{status}\n{scene.Log}");

        await scene.ApplyAsync("""
            apiVersion: v1
            kind: ResourceQuota
            metadata: {name: none}
            spec: {hard: {pods: "1"} }
            """);
        await Eventually.SeeAsync("the quota counts", () => scene.KubectlAsync("get", "resourcequota", "none", "-o", "jsonpath={.status.used.pods}"), used => used == "1");
        await scene.ApplyAsync(Scene.Manifest("refused", 10, 2));
        status = await scene.VerdictAsync("refused");
        output.WriteLine($"refused: {status["reason"]}: {status["message"]}");
        Assert.Equal(("Error", "QuotaExceeded"), ((string?)status["verdict"], (string?)status["reason"]));
        Assert.Contains("exceeded quota", (string)status["message"]!, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task An_operator_killed_at_any_instant_changes_neither_load_nor_verdict_and_makes_nothing_twice()
    {
        const int Rate = 20, Seconds = 8;
        await using var scene = await Scene.OpenAsync(fixture.Cluster, withOperator: false);
        foreach (var (phase, n) in new[] { ("Preparing", 1), ("Running", 2), ("Verifying", 3) })
        {
            var before = await scene.TargetCountAsync();
            var first = scene.StartOperator();
            await scene.ApplyAsync(Scene.Manifest($"kill-{n}", Rate, Seconds, runners: 2, more: "  verify: [{sleep: 6s}]"));
            // A phase may be over before it is looked at; verify takes long enough to be seen.
            await scene.SeeAsync($"kill-{n}", phase, s => (string?)s["phase"] == phase || (string?)s["reason"] == phase || (string?)s["phase"] == "Finished");
            Assert.NotEqual("Finished", (string?)(await scene.StatusAsync($"kill-{n}"))["phase"]);
            await first.KillAsync();
            scene.StartOperator();

            var status = await scene.VerdictAsync($"kill-{n}");
            Assert.True((string?)status["verdict"] is "Passed" or "Invalid" && (string?)status["reason"] is "ThresholdsMet" or "LoadNotDelivered", $"{status}\n{scene.Log}");
            var sent = await scene.TargetCountAsync() - before;
            Assert.Equal(sent, (long)status["load"]!["requests"]!);
            Assert.Equal(Rate * Seconds, sent + (long)status["load"]!["dropped"]!);
            Assert.Single((await scene.KubectlAsync("get", "ltr", "-o", "name")).Split('\n'), name => name.Contains($"kill-{n}-", StringComparison.Ordinal));
        }
    }
}
