using System.Globalization;
using LoadTesting.TestKit;
using Xunit.Abstractions;

namespace LoadTesting.EndToEnd.Tests;

/// <summary>From <c>kubectl apply</c> to a verdict.</summary>
public sealed class OperatorRunTests(NodesFixture fixture, ITestOutputHelper output) : IClassFixture<NodesFixture>
{
    [SkippableFact]
    public async Task The_quickstart_runs_in_the_cluster_as_at_the_desk_and_gates_read_its_status()
    {
        await using var scene = await Scene.OpenAsync(fixture.Cluster);

        await scene.KubectlAsync("apply", "-f", Path.Combine(RepositoryPaths.Root, "examples", "quickstart.yaml"));
        await scene.KubectlAsync("wait", "--for=condition=Complete", "loadtest/quickstart", "--timeout=300s");

        var status = await scene.StatusAsync("quickstart");
        // Whether a shared machine keeps the limits is not what this test is about: the verdict must be one of those that follow from them.
        Assert.True((string?)status["reason"] is "ThresholdsMet" or "ThresholdsFailed" or "GeneratorSaturated" or "LoadNotDelivered", $"{status}\n{scene.Log}");
        output.WriteLine($"{status["verdict"]} {status["reason"]}: {status["message"]}");
        Assert.Equal("100%", (string?)status["progress"]);
        Assert.NotNull(status["latency"]!["p95"]);
        Assert.InRange(Scene.Metric(status, "orders_accepted", "count"), 1, 100);
        Assert.Equal(await scene.TargetCountAsync(), (long)status["load"]!["requests"]!);

        var table = await scene.KubectlAsync("get", "lt");
        output.WriteLine(table);
        Assert.Matches(@"NAME\s+PHASE\s+VERDICT\s+PROGRESS\s+RPS\s+P95\s+FAILED\s+AGE", table);
        var events = await scene.KubectlAsync("get", "events", "--field-selector", "involvedObject.kind=LoadTest", "-o", "jsonpath={.items[*].reason}");
        Assert.Contains("LoadStarted", events, StringComparison.Ordinal);
        Assert.InRange((await scene.KubectlAsync("get", "events", "-o", "jsonpath={range .items[*]}{.involvedObject.kind}{\"\\n\"}{end}"))
            .Split('\n').Count(kind => kind is "LoadTest" or "LoadTestRun"), 5, 12);
        var evidence = await scene.KubectlAsync("get", "configmap", (string)status["evidence"]!, "-o", "json");
        Assert.Contains("report.json.gz", evidence, StringComparison.Ordinal);
        Assert.Contains("runner-0.log.gz", evidence, StringComparison.Ordinal);
        await Eventually.SeeAsync("no runner Pod is left", scene.RunnerPodsAsync, pods => pods.Length == 0);
    }

    [SkippableFact]
    public async Task A_broken_threshold_fails_every_gate_at_once_and_a_rerun_and_a_repair_are_judged_anew()
    {
        await using var scene = await Scene.OpenAsync(fixture.Cluster);
        await scene.ApplyAsync(Scene.Manifest("gate", rate: 10, seconds: 2, thresholds: "{http_reqs: ['count<5']}"));

        var status = await scene.VerdictAsync("gate");
        Assert.Equal(("Failed", "ThresholdsFailed"), ((string?)status["verdict"], (string?)status["reason"]));
        Assert.Equal("http_reqs count 20, limit 5", ((string)status["message"]!).Split(": ")[^1]);
        Assert.Equal(("True", "absent", "False", "False"),
            (Scene.Condition(status, "Stalled"), Scene.Condition(status, "Reconciling"), Scene.Condition(status, "Ready"), Scene.Condition(status, "Succeeded")));
        var wait = await scene.Cluster.TryKubectlAsync(null, "wait", "--for=condition=Succeeded", "loadtest/gate", "--timeout=1s", "-n", scene.Namespace);
        Assert.NotEqual(0, wait.ExitCode);
        var first = (string)status["run"]!;

        var (code, said) = await scene.LoadtestAsync("rerun", "gate", "--wait", "5m");
        output.WriteLine(said);
        Assert.Equal(99, code);
        Assert.Contains("Failed ThresholdsFailed: ", said, StringComparison.Ordinal);
        status = await scene.SeeAsync("gate", "another run's verdict", s => s["verdict"] is not null && (string?)s["run"] != first);
        var second = (string)status["run"]!;

        await scene.ApplyAsync(Scene.Manifest("gate", rate: 10, seconds: 2, thresholds: "{http_reqs: ['count==20']}"));
        status = await scene.SeeAsync("gate", "the repaired test's verdict", s => s["verdict"] is not null && (string?)s["run"] is { } run && run != first && run != second);
        Assert.Equal(("Passed", "True", "absent"), ((string?)status["verdict"], Scene.Condition(status, "Ready"), Scene.Condition(status, "Stalled")));
        Assert.Equal(3, (await scene.KubectlAsync("get", "ltr", "-o", "name")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [SkippableFact]
    public async Task Rows_of_a_ConfigMap_are_used_once_over_all_runners_and_values_of_a_Secret_stand_nowhere()
    {
        await using var scene = await Scene.OpenAsync(fixture.Cluster);
        await scene.ApplyAsync($$"""
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: users}
            data:
              users.csv: |
                number
            {{string.Join('\n', Enumerable.Range(1, 40).Select(n => $"    {n}"))}}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: shop}
            stringData: {key: s3cr3t-value}
            """);
        await scene.ApplyAsync("""
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: rows}
            spec:
              target: http://demo-target:8080
              env: [{name: KEY, valueFrom: {secretKeyRef: {name: shop, key: key} } }]
              data: [{name: users, configMap: {name: users, key: users.csv}, pick: unique}]
              flows:
                f: [{request: {name: echo, method: POST, url: /echo, headers: {x-key: "${env.KEY}"}, json: {n: "${data.users.number}"}, record: [{trend: row, value: "double(data.users.number)"}] } }]
              scenarios: {s: {executor: shared-iterations, vus: 4, iterations: 40, maxDuration: 2m} }
              validity: {maxTaintedSeconds: 100%, maxStartSkew: 1m}
              thresholds: {http_req_failed: ["rate==0"]}
              ready: {rollouts: [{kind: Deployment, name: demo-target}], http: [{url: /json}]}
              runners: {replicas: 2, resources: {requests: {cpu: 200m, memory: 32Mi} } }
            """);

        var status = await scene.VerdictAsync("rows");
        Assert.True((string?)status["verdict"] == "Passed", $"{status}\n{scene.Log}");
        Assert.Equal((40, 1, 40, 20.5), (Scene.Metric(status, "row", "count"), Scene.Metric(status, "row", "min"), Scene.Metric(status, "row", "max"), Scene.Metric(status, "row", "avg")));
        var everything = status + scene.Log + await scene.KubectlAsync("get", "events,loadtests,loadtestruns,configmaps", "-o", "yaml");
        Assert.DoesNotContain("s3cr3t-value", everything, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_threshold_with_abort_stops_all_runners_and_setup_verify_and_teardown_run_once()
    {
        await using var scene = await Scene.OpenAsync(fixture.Cluster);
        const string Stages = """
              setup: [{request: {name: begin, method: POST, url: /echo, json: {id: 7}, extract: {id: "status"} } }]
              verify: [{check: {setup is known: "setup.id == 200"} }]
              teardown: [{request: {name: end, url: "/status/204"} }]
            """;
        await scene.ApplyAsync(Scene.Manifest("stop", rate: 20, seconds: 300, runners: 2, thresholds: "{http_reqs: [{threshold: 'count<50', abortOnFail: true}]}", more: Stages));

        var status = await scene.VerdictAsync("stop");
        Assert.Equal(("Failed", "ThresholdAborted"), ((string?)status["verdict"], (string?)status["reason"]));
        Assert.Equal((1, 1), (Scene.Metric(status, "http_reqs{name:begin}", "count"), Scene.Metric(status, "http_reqs{name:end}", "count")));
        var load = (await scene.TargetLogAsync()).Where(r => r.Url == "/json").ToList();
        var lasts = load.GroupBy(r => r.Client).Select(g => g.Max(r => r.At)).ToList();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"the limit was reached by request 50; the last of {load.Count} arrived {(load[^1].At - load[49].At).TotalSeconds:F2} s after it; the runners' last ones were {(lasts.Max() - lasts.Min()).TotalSeconds:F2} s apart"));

        // An abort cuts off what is in flight: it had reached the target, and no sample was taken of it.
        var cutOff = await scene.TargetCountAsync() - (long)status["load"]!["requests"]!;
        Assert.InRange(cutOff, 0, (long)(Scene.MetricOrNull(status, "interrupted_iterations", "count") ?? 0));
    }
}
