using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using LoadTesting.TestKit;
using Xunit.Abstractions;

namespace LoadTesting.EndToEnd.Tests;

/// <summary>
/// Runners that are lost, under every policy and in both ways, all at once: a Pod taken away, a node that dies; and with the operator killed right after the one and in the same
/// instant as the other. What the dead said last counts, nothing counts twice, and what is missing is stated.
/// </summary>
[Collection(NodesCollection.Name)]
public sealed class OperatorLossTests(NodesFixture fixture, ITestOutputHelper output)
{
    private const int Rate = 20;

    // What the next operator decides, a stop or a replacement, has to happen before the end, and the Lease of the dead one lasts for 15 s. The runs go on side by side: none is shorter.
    private const int Seconds = 75;

    // Half of the rate: what one of two runners does in a second.
    private const double Share = Rate / 2.0;

    [SkippableFact]
    public async Task What_was_measured_counts_once_whatever_dies_and_the_rest_is_stated()
    {
        await using var scene = await Scene.OpenAsync(fixture.Cluster, withOperator: false);
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        await scene.KubectlAsync("patch", "deployment", "demo-target", "-p", """{"spec":{"template":{"spec":{"nodeSelector":{"kubernetes.io/hostname":"node-1"} } } } }""");
        await scene.KubectlAsync("rollout", "status", "deployment/demo-target", "--timeout=240s");
        await Eventually.SeeAsync(
            "one target, on the node that stays",
            () => scene.KubectlAsync("get", "pods", "-l", "app.kubernetes.io/name=demo-target", "-o", "jsonpath={.items[*].spec.nodeName}"),
            nodes => nodes == "node-1",
            TimeSpan.FromMinutes(2));
        var operators = scene.StartOperator();
        Case[] cases =
        [
            .. new[] { "fail", "continue", "replace" }.Select((policy, i) => new Case($"pod-{policy}", policy, i + 1, OnDeadNode: false)),
            .. new[] { "fail", "continue", "replace" }.Select((policy, i) => new Case($"node-{policy}", policy, i + 4, OnDeadNode: true)),
        ];
        await scene.ApplyAsync(string.Join("\n---\n", cases.Select(c => c.Manifest)));
        foreach (var test in cases)
        {
            await scene.SeeAsync(test.Name, "ready", s => (string?)s["reason"] == "AwaitingTarget");
        }

        // Twelve starting runners at once are more than a small machine has processors for; none of them shall begin before all are there.
        await scene.KubectlAsync("create", "deployment", "gate", "--image=none", "--replicas=0");
        foreach (var test in cases)
        {
            // Beyond the tenth second everything that runners said is stored every ten seconds.
            var status = await scene.SeeAsync(test.Name, "12 s of load", s => (string?)s["phase"] == "Finished" || (s["elapsed"] is { } elapsed && Span(elapsed) >= 12), TimeSpan.FromMinutes(4));
            Assert.True((string?)status["phase"] == "Running", $"{status}\n{scene.Log}");
        }

        foreach (var test in cases.Where(c => c.OnDeadNode))
        {
            Assert.Equal("node-1 node-2", await scene.KubectlAsync("get", "pods", "-l", $"loadtest.dev/test={test.Name}", "-o", "jsonpath={.items[*].spec.nodeName}", "--sort-by=.spec.nodeName"));
            await Eventually.SeeAsync(
                "a checkpoint", () => scene.KubectlAsync("get", "configmaps", "-l", $"loadtest.dev/test={test.Name}", "-o", "name"), names => names.Contains("-checkpoint-0", StringComparison.Ordinal));
        }

        // As a drain takes them away, and as a node that has no more memory does.
        var victims = (await scene.RunnerPodsAsync()).Where(p => p.StartsWith("pod-", StringComparison.Ordinal) && p.EndsWith("-1", StringComparison.Ordinal));
        var pods = victims.ToLookup(v => v.StartsWith("pod-fail-", StringComparison.Ordinal));
        await scene.KubectlAsync(["delete", "pod", "--wait=false", .. pods[true]]);
        await scene.KubectlAsync(["delete", "pod", "--grace-period=0", "--force", .. pods[false]]);
        foreach (var test in cases.Where(c => !c.OnDeadNode))
        {
            await scene.SeeAsync(test.Name, "the loss in its status", s => s["runners"]?["lostRunners"] is not null);
        }

        try
        {
            await Task.WhenAll(scene.Cluster.TestbedAsync("kill-node", "node-2"), operators.KillAsync());
            scene.StartOperator();
            foreach (var test in cases)
            {
                await ShowsAsync(test, await scene.VerdictAsync(test.Name));
            }
        }
        finally
        {
            await scene.Cluster.TestbedAsync("kill-node", "node-2", "--revive");
        }

        await Eventually.SeeAsync("no runner Pod is left", scene.RunnerPodsAsync, left => left.Length == 0, TimeSpan.FromMinutes(3));

        async Task ShowsAsync(Case test, JsonNode status)
        {
            var report = await ReportAsync(scene, (string)status["evidence"]!);
            var sent = await CountAsync(test);
            var (counted, dropped) = ((long)status["load"]!["requests"]!, (long)status["load"]!["dropped"]!);
            output.WriteLine($"{test.Name}: {status["verdict"]} {status["reason"]}: {status["message"]}; {counted} counted, {dropped} dropped, {sent} at the target; {status["runners"]!.ToJsonString()}; {report["runners"]!.ToJsonString()}");
            var why = $"{status}\n{scene.Log}";
            var lost = Assert.Single(status["runners"]!["lostRunners"]!.AsArray())!;
            var lastWord = Span(lost["lostAfter"]);
            Assert.True(test.Policy == "fail" ? (string?)status["reason"] == "RunnerLost" && (string?)status["verdict"] == "Invalid" : (string?)status["verdict"] == "Passed", why);
            Assert.True(Scene.Condition(status, "Degraded") == "True", why);

            // The last scrape before the Pod was taken away, or the last checkpoint, which was made at most ten seconds before.
            Assert.True(lastWord >= (test.OnDeadNode ? 6 : 11), why);

            // Nothing twice; what the dead one sent after its last word, the target alone knows.
            Assert.True(counted <= sent, why);
            if (test.Policy == "fail")
            {
                Assert.True(sent < Rate * Seconds * 0.9, $"the load was not stopped: {sent}; {why}");
                return;
            }

            Assert.True(test.Policy != "replace" || ((bool?)lost["replaced"] == true && lost["resumedAfter"] is not null), why);
            var resumed = test.Policy == "replace" ? Span(lost["resumedAfter"]) : Seconds;
            var expected = Share * (Seconds + lastWord + (Seconds - resumed));

            // What was in flight when the dead one spoke last was sent, and no answer to it was ever counted.
            var inFlight = Share * (2 + (Scene.Metric(status, "http_req_duration", "max") / 1000));
            Assert.True(counted + dropped >= expected - inFlight && counted + dropped <= expected + 5, $"{counted} and {dropped}, expected {expected}, in flight {inFlight}; {why}");
            Assert.InRange(Percentage((string)report["runners"]!["coverage"]!) - (100 * (1 - ((resumed - lastWord) / Seconds / 2))), -0.6, 0.6);
        }

        async Task<long> CountAsync(Case test)
        {
            var address = await scene.KubectlAsync("get", "pods", "-l", "app.kubernetes.io/name=demo-target", "-o", "jsonpath={.items[0].status.podIP}");
            using var statistics = JsonDocument.Parse(await client.GetStringAsync(new Uri($"http://{address}:8080/stats")));
            return statistics.RootElement.GetProperty("routes").TryGetProperty($"GET {test.Path}", out var count) ? count.GetInt64() : 0;
        }
    }

    private static async Task<JsonNode> ReportAsync(Scene scene, string evidence)
    {
        var packed = Convert.FromBase64String(await scene.KubectlAsync("get", "configmap", evidence, "-o", "jsonpath={.binaryData.report\\.json\\.gz}"));
        await using var report = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        return (await JsonNode.ParseAsync(report))!;
    }

    private static double Span(JsonNode? text) => Model.Spec.Duration.TryParse((string?)text ?? "", out var span) ? span.Seconds : throw new Xunit.Sdk.XunitException($"no time: {text}");

    /// <summary>"1 of 2 partitions, 91.7% of the plan".</summary>
    private static double Percentage(string coverage) => double.Parse(coverage.Split(", ")[1].Split('%')[0], CultureInfo.InvariantCulture);

    private sealed record Case(string Name, string Policy, int Delay, bool OnDeadNode)
    {
        public string Path => $"/delay/{Delay}";

        public string Manifest => string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: {{Name}} }
            spec:
              target: http://demo-target:8080
              flows:
                f: [{request: {name: get, url: {{Path}}, checks: {ok: "status == 200"} } }]
              ready: {rollouts: [{kind: Deployment, name: gate}], timeout: 5m}
              scenarios: {s: {executor: constant-arrival-rate, rate: {{Rate}}, duration: {{Seconds}}s, preAllocatedVUs: 40, maxVUs: 200} }
              # A machine that is busy with other things shall not decide these tests.
              validity: {maxTaintedSeconds: 100%, maxStartSkew: 1m, deliveredRatio: 0%, minCoverage: 10%}
              thresholds: {checks: ['rate>=0']}
              runners:
                replicas: 2
                onLoss: {{Policy}}
                {{(OnDeadNode ? "" : "nodeSelector: {kubernetes.io/hostname: node-1}")}}
                resources: {requests: {cpu: 120m, memory: 32Mi} }
            """);
    }
}
