using LoadTesting.TestKit;

namespace LoadTesting.EndToEnd.Tests;

/// <summary>What the other tests of this assembly rely on: the nodes of the test bed behave as a cluster's do.</summary>
[Collection(NodesCollection.Name)]
public sealed class TestbedNodesTests(NodesFixture fixture)
{
    [SkippableFact]
    public async Task Pods_of_two_nodes_reach_each_other_by_address_and_by_the_name_of_a_Service()
    {
        var cluster = fixture.Cluster;
        await cluster.LoadImageAsync("tools");
        await using var space = await cluster.CreateNamespaceAsync();
        await cluster.ApplyAsync(
            $$"""
            {{WebServer("web-1", "node-1")}}
            ---
            {{WebServer("web-2", "node-2")}}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
            """,
            "-n",
            space.Name);
        await cluster.KubectlAsync("wait", "--for=condition=Ready", "pod", "--all", "-n", space.Name, "--timeout=180s");

        Assert.Equal("node-1 node-2", await cluster.KubectlAsync(
            "get", "pods", "-n", space.Name, "-o", "jsonpath={.items[*].spec.nodeName}", "--sort-by=.metadata.name"));
        var second = await cluster.KubectlAsync("get", "pod", "web-2", "-n", space.Name, "-o", "jsonpath={.status.podIP}");
        Assert.Equal("node-2", await FetchAsync($"http://{second}:8080/"));
        using var fromHost = new HttpClient();
        Assert.Equal("node-2", (await fromHost.GetStringAsync(new Uri($"http://{second}:8080/"))).Trim());

        // Both Pods stand behind the name; which of them answers is the kernel's choice, so it is asked until both have.
        var seen = new SortedSet<string>();
        await Eventually.SeeAsync(
            "both Pods answer behind the Service's name",
            async () =>
            {
                seen.Add(await FetchAsync($"http://web.{space.Name}.svc/"));
                return string.Join(", ", seen);
            },
            answers => answers == "node-1, node-2");

        async Task<string> FetchAsync(string url) =>
            (await cluster.KubectlAsync("exec", "web-1", "-n", space.Name, "--", "wget", "-qO-", url)).Trim();
    }

    [SkippableFact]
    public async Task A_killed_node_is_noticed_and_comes_back_when_it_is_revived()
    {
        var cluster = fixture.Cluster;
        await ReadyIsAsync("True");

        await cluster.TestbedAsync("kill-node", "node-2");
        try
        {
            await ReadyIsAsync("Unknown");
        }
        finally
        {
            await cluster.TestbedAsync("kill-node", "node-2", "--revive");
        }

        await ReadyIsAsync("True");

        Task ReadyIsAsync(string expected) => Eventually.SeeAsync(
            $"node-2's condition Ready is {expected}",
            () => cluster.KubectlAsync("get", "node", "node-2", "-o", "jsonpath={.status.conditions[?(@.type=='Ready')].status}"),
            seen => seen == expected);
    }

    private static string WebServer(string name, string node) =>
        $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: {{name}}, labels: {app: web} }
        spec:
          nodeSelector: {kubernetes.io/hostname: {{node}}}
          terminationGracePeriodSeconds: 0
          securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault} }
          containers:
          - name: web
            image: localhost/loadtest-tools:testbed
            imagePullPolicy: Never
            command: [sh, -c, "mkdir /tmp/www && echo {{node}} > /tmp/www/index.html && exec httpd -f -p 8080 -h /tmp/www"]
            securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]} }
            readinessProbe: {periodSeconds: 1, httpGet: {port: 8080} }
        """;
}
