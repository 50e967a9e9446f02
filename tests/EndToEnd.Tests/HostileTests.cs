using System.Globalization;
using System.Text.Json.Nodes;
using LoadTesting.TestKit;
using Xunit.Abstractions;

namespace LoadTesting.EndToEnd.Tests;

/// <summary>
/// A tenant who means harm, against the run of another one and against the operator that both share (docs/security.md). What a single answer can do, and what
/// a single Pod, tables show elsewhere; here all of it happens at once, to a real operator.
/// </summary>
public sealed class HostileTests(NodesFixture fixture, ITestOutputHelper output) : IClassFixture<NodesFixture>
{
    // The operator's memory limit as the chart sets it.
    private const long MemoryLimit = 512L * 1024 * 1024;

    private const string Image = "localhost/loadtest-hostile:testbed";

    private static readonly string[] Harms = ["huge", "drip", "heads"];

    [SkippableFact]
    public async Task A_hostile_Pod_and_a_hostile_image_change_nothing_for_others()
    {
        await using var scene = await Scene.OpenAsync(fixture.Cluster, withOperator: false);
        await scene.Cluster.LoadImageAsync("hostile");
        await using var evil = await scene.Cluster.CreateNamespaceAsync();
        scene.StartOperatorFor($"{scene.Namespace},{evil.Name}");

        await scene.ApplyAsync(Scene.Manifest("victim", rate: 10, seconds: 60, thresholds: "{http_req_failed: ['rate==0']}"));
        foreach (var harm in Harms)
        {
            var manifest = Scene.Manifest(harm, rate: 10, seconds: 20).Replace("runners: {", $"runners: {{image: {Image}, env: [{{name: HOSTILE, value: {harm}}}], ", StringComparison.Ordinal);
            await scene.Cluster.ApplyAsync(manifest.Replace("http://demo-target:", $"http://demo-target.{scene.Namespace}:", StringComparison.Ordinal), "-n", evil.Name);
        }

        await scene.PhaseAsync("victim", "Running");
        var run = JsonNode.Parse(await scene.KubectlAsync("get", "loadtestruns", "-l", "loadtest.dev/test=victim", "-o", "json"))!["items"]![0]!;
        var (name, uid) = ((string)run["metadata"]!["name"]!, (string)run["metadata"]!["uid"]!);
        string Said(string pod, string fault) => $"Pod {pod} names run {scene.Namespace}/{name} as its owner and is not taken for the run's own: {fault}";

        // The garbage collector deletes what names an owner of another namespace, at once; a tenant can keep it there with a finalizer.
        await scene.Cluster.ApplyAsync(Pod($"{name}-0", name, uid, isController: true, "finalizers: [example.org/stays]"), "-n", evil.Name);
        await scene.ApplyAsync(Pod($"{name}-0-r1", name, uid, isController: true));
        await scene.ApplyAsync(Pod($"{name}-7", name, uid, isController: false));
        await scene.ApplyAsync(Pod("x", name, uid, isController: true));
        try
        {
            await Eventually.SeeAsync(
                "the operator's log names the Pod of the other namespace",
                () => Task.FromResult(scene.Log),
                seen => seen.Contains(Said($"{evil.Name}/{name}-0", "it is in another namespace"), StringComparison.Ordinal),
                TimeSpan.FromMinutes(2));
        }
        finally
        {
            await scene.Cluster.KubectlAsync("patch", "pod", $"{name}-0", "-n", evil.Name, "--type=merge", "-p", """{"metadata":{"finalizers":null}}""");
        }

        var most = 0L;
        var status = await scene.SeeAsync(
            "victim",
            "a verdict",
            seen =>
            {
                most = Math.Max(most, scene.Only.Resident());
                return seen["verdict"] is not null && (string?)seen["phase"] == "Finished";
            },
            TimeSpan.FromMinutes(5));
        var counted = (long)status["load"]!["requests"]!;
        output.WriteLine($"victim: {status["verdict"]} {status["reason"]}: {status["message"]}; {counted} counted, {await scene.TargetCountAsync()} at the target");
        Assert.True((string?)status["verdict"] == "Passed", $"{status}\n{scene.Log}");
        Assert.Equal(counted, await scene.TargetCountAsync());
        Assert.Null(status["runners"]!["lostRunners"]);

        foreach (var harm in Harms)
        {
            var harmed = await Eventually.SeeAsync(
                $"the verdict of {harm}",
                async () =>
                {
                    await Task.Delay(300);
                    most = Math.Max(most, scene.Only.Resident());
                    return JsonNode.Parse(await scene.Cluster.KubectlAsync("get", "loadtest", harm, "-n", evil.Name, "-o", "json"))!["status"] ?? new JsonObject();
                },
                seen => seen["verdict"] is not null,
                TimeSpan.FromMinutes(5));
            output.WriteLine($"{harm}: {harmed["verdict"]} {harmed["reason"]}: {harmed["message"]}");
            Assert.True((string?)harmed["verdict"] is "Invalid" or "Error", $"{harm}: {harmed}\n{scene.Log}");
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the operator held {most / 1024 / 1024} MiB at most"));
        Assert.InRange(most, 1, MemoryLimit);
        Assert.Contains(Said($"{scene.Namespace}/{name}-7", "the run is not its controller"), scene.Log, StringComparison.Ordinal);
        Assert.Contains(Said($"{scene.Namespace}/x", "the operator gives no such name"), scene.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("panic", scene.Log, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Exception", scene.Log, StringComparison.Ordinal);
        // Neither of those that the run does not control was taken away with it, nor spoken to.
        var logs = await scene.KubectlAsync("logs", $"{name}-7") + await scene.KubectlAsync("logs", "x");
        Assert.Contains("hostile agent (forge)", logs, StringComparison.Ordinal);
        Assert.DoesNotContain("token", logs, StringComparison.Ordinal);
    }

    private static string Pod(string name, string run, string uid, bool isController, string more = "") =>
        $$"""
        apiVersion: v1
        kind: Pod
        metadata:
          name: {{name}}
          {{more}}
          labels: {app.kubernetes.io/managed-by: loadtest-operator, app.kubernetes.io/name: loadtest-runner, loadtest.dev/run: {{run}}, loadtest.dev/runner-index: "0"}
          ownerReferences: [{apiVersion: loadtest.dev/v1alpha1, kind: LoadTestRun, name: {{run}}, uid: {{uid}}, controller: {{(isController ? "true" : "false")}}}]
        spec:
          terminationGracePeriodSeconds: 0
          containers: [{name: runner, image: {{Image}}, imagePullPolicy: Never, env: [{name: HOSTILE, value: forge}, {name: VICTIM, value: {{uid}}}]}]
        """;
}
