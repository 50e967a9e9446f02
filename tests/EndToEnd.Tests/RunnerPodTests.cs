using System.Globalization;
using System.Text.Json;
using LoadTesting.Metrics;
using LoadTesting.Model.Contract;
using LoadTesting.TestKit;
using Xunit.Abstractions;

namespace LoadTesting.EndToEnd.Tests;

/// <summary>The runner's image on real nodes, under the restrictions that the "restricted" Pod security standard asks for.</summary>
public sealed class RunnerPodTests(NodesFixture fixture, ITestOutputHelper output) : IClassFixture<NodesFixture>
{
    private const string RunId = "pods-1";
    private const int Rate = 50;
    private const int Seconds = 5;

    [SkippableFact]
    public async Task Runner_Pods_on_two_nodes_send_together_exactly_what_was_planned_and_the_target_counts_the_same()
    {
        var cluster = fixture.Cluster;
        var image = await cluster.LoadBuiltImageAsync("runner");
        await using var space = await cluster.CreateNamespaceAsync();
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };

        var sample = await File.ReadAllTextAsync(Path.Combine(RepositoryPaths.Root, "config", "samples", "demo-target.yaml"));
        Assert.Contains("image: loadtest-runner:latest", sample, StringComparison.Ordinal);
        await cluster.ApplyAsync(sample.Replace("loadtest-runner:latest", image, StringComparison.Ordinal), "-n", space.Name);
        await cluster.KubectlAsync("rollout", "status", "deployment/demo-target", "-n", space.Name, "--timeout=240s");

        var token = Guid.NewGuid().ToString("N");
        await cluster.ApplyAsync(
            $$"""
            {{Shared(token)}}
            ---
            {{Runner(0, "node-1", image)}}
            ---
            {{Runner(1, "node-2", image)}}
            """,
            "-n",
            space.Name);
        await cluster.KubectlAsync("wait", "--for=condition=Ready", "pod", "-l", "app=runner", "-n", space.Name, "--timeout=240s");
        Assert.Equal("node-1 node-2", await PodsAsync("{.items[*].spec.nodeName}"));
        Assert.Equal("", await PodsAsync("{.items[*].spec.containers[*].volumeMounts[?(@.mountPath=='/var/run/secrets/kubernetes.io/serviceaccount')].name}"));
        var agents = (await PodsAsync("{.items[*].status.podIP}")).Split(' ')
            .Select(ip => new RunnerAgent(client, new Uri($"http://{ip}:{AgentContract.DefaultPort}"), RunId, token))
            .ToList();
        foreach (var agent in agents)
        {
            await agent.ReadyAsync();
        }

        // Connections warmed before the start are no requests.
        Assert.Equal(0, await TargetCountAsync());

        var at = DateTimeOffset.UtcNow.AddSeconds(3);
        await Task.WhenAll(agents.Select(agent => agent.PostAsync(AgentContract.StartPath, new { at })));
        await Eventually.SeeAsync("requests at the target", TargetCountAsync, count => count > 0);
        var starts = await Task.WhenAll(agents.Select(agent => agent.StartAsync(looks: 10)));

        var merged = new SnapshotSet(agents.Count);
        foreach (var agent in agents)
        {
            Assert.Equal(OfferResult.Accepted, merged.Offer(await agent.FinalAsync()));
        }

        Assert.True(merged.IsComplete);
        var total = merged.Total();
        Assert.Equal(Rate * Seconds, Sum(total, BuiltInMetrics.Iterations) + Sum(total, BuiltInMetrics.DroppedIterations));
        Assert.Equal(0, Sum(total, BuiltInMetrics.InterruptedIterations));
        Assert.Equal(await TargetCountAsync(), Sum(total, BuiltInMetrics.HttpReqs));
        Assert.All([0, 1], i => Assert.True(Sum(merged.Latest(i)!.Snapshot, BuiltInMetrics.HttpReqs) > 0, $"runner {i} sent nothing"));

        foreach (var agent in agents)
        {
            await agent.PostAsync(AgentContract.AckPath);
        }

        await Eventually.SeeAsync(
            "both Pods ended with exit code 0",
            () => PodsAsync("{range .items[*]}{.status.phase} {.status.containerStatuses[*].state.terminated.exitCode}{\"\\n\"}{end}"),
            seen => seen.Trim() == "Succeeded 0\nSucceeded 0");

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{Sum(total, BuiltInMetrics.Iterations)} of {Rate * Seconds} iterations, {Skew(starts)}"));

        Task<string> PodsAsync(string path) =>
            cluster.KubectlAsync("get", "pods", "-l", "app=runner", "-n", space.Name, "--sort-by=.metadata.name", "-o", $"jsonpath={path}");

        async Task<long> TargetCountAsync()
        {
            var address = await cluster.KubectlAsync(
                "get", "pods", "-l", "app.kubernetes.io/name=demo-target", "-n", space.Name, "-o", "jsonpath={.items[0].status.podIP}");
            using var statistics = JsonDocument.Parse(await client.GetStringAsync(new Uri($"http://{address}:8080/stats")));
            return statistics.RootElement.GetProperty("requests").GetInt64();
        }
    }

    private static string Skew(IReadOnlyList<(long Start, long RoundTrip)?> starts) =>
        starts is [{ } one, { } other]
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"start skew {Math.Abs(one.Start - other.Start) / 1e6:F3} ms, uncertain by {(one.RoundTrip + other.RoundTrip) / 2e6:F3} ms")
            : "start skew unknown: the run was over before the clocks were read";

    private static long Sum(Snapshot snapshot, MetricDefinition metric) => snapshot.Select(metric) is CounterValue counter ? (long)counter.Sum : 0;

    private static string Shared(string token) =>
        $$"""
        apiVersion: v1
        kind: Secret
        metadata: {name: run-token}
        stringData: {token: {{token}} }
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: run-plan}
        data:
          plan.yaml: |
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: pods}
            spec:
              target: http://demo-target:8080
              flows: {f: [{request: {name: get, url: /delay/5} }]}
              scenarios: {s: {executor: constant-arrival-rate, rate: {{Rate}}, duration: {{Seconds}}s, preAllocatedVUs: 40, maxVUs: 80} }
        """;

    private static string Runner(int index, string node, string image) =>
        $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: runner-{{index}}, labels: {app: runner} }
        spec:
          nodeSelector: {kubernetes.io/hostname: {{node}}}
          restartPolicy: Never
          automountServiceAccountToken: false
          enableServiceLinks: false
          securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault} }
          containers:
          - name: runner
            image: {{image}}
            imagePullPolicy: Never
            args: [agent]
            env:
            - {name: {{AgentContract.PlanFileVariable}}, value: /etc/loadtest/plan/plan.yaml}
            - {name: {{AgentContract.TokenFileVariable}}, value: /etc/loadtest/token/token}
            - {name: {{AgentContract.RunIdVariable}}, value: {{RunId}} }
            - {name: {{AgentContract.IndexVariable}}, value: "{{index}}"}
            - {name: {{AgentContract.CountVariable}}, value: "2"}
            ports: [{name: {{AgentContract.PortName}}, containerPort: {{AgentContract.DefaultPort}} }]
            livenessProbe: {httpGet: {path: {{AgentContract.HealthPath}}, port: {{AgentContract.PortName}} } }
            readinessProbe: {periodSeconds: 1, httpGet: {path: {{AgentContract.ReadyPath}}, port: {{AgentContract.PortName}} } }
            resources: {requests: {cpu: 200m, memory: 64Mi}, limits: {memory: 256Mi} }
            securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]} }
            volumeMounts:
            - {name: plan, mountPath: /etc/loadtest/plan, readOnly: true}
            - {name: token, mountPath: /etc/loadtest/token, readOnly: true}
          volumes:
          - {name: plan, configMap: {name: run-plan} }
          - {name: token, secret: {secretName: run-token} }
        """;
}
