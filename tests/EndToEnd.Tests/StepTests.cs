using LoadTesting.TestKit;
using Xunit.Abstractions;

namespace LoadTesting.EndToEnd.Tests;

/// <summary>Steps that are more than requests, in a real cluster: jobs with real Pods, bodies from mounted files, a test that stops itself.</summary>
public sealed class StepTests(NodesFixture fixture, ITestOutputHelper output) : IClassFixture<NodesFixture>
{
    private const string Tools = "localhost/loadtest-tools:testbed";

    // A job that begins, counts itself at the target, takes its time, and then says what the target has counted.
    private const string Count = "wget -qO- http://demo-target:8080/json >/dev/null; sleep 6; wget -qO- http://demo-target:8080/stats";

    [SkippableFact]
    [Trait("covers", "001-42")]
    public async Task Jobs_run_once_whatever_becomes_of_the_operator_and_files_in_Pods_are_bodies()
    {
        await using var scene = await Scene.OpenAsync(fixture.Cluster);
        await scene.Cluster.LoadImageAsync("tools");
        await scene.ApplyAsync($$"""
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: bodies}
            data: {order.json: '{"item": "lamp"}'}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: shop}
            stringData: {key: s3cr3t-value}
            ---
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: jobs}
            spec:
              target: http://demo-target:8080
              env: [{name: KEY, valueFrom: {secretKeyRef: {name: shop, key: key} } }]
              setup:
                - job: {name: seed, image: {{Tools}}, command: [sh, -c], args: ['test "$KEY" = "s3cr3t""-value" && echo "{\"rows\": $ROWS}"'], env: {ROWS: "${3 * 7}"}, extract: {rows: json.rows} }
                - request: {name: begin, method: POST, url: /echo, json: {rows: "${vars.rows}"}, checks: {rows: "json.decode(json.body).rows == 21"} }
              flows:
                f: [{request: {name: order, method: POST, url: /echo, file: /bodies/order.json, headers: {content-type: application/json}, checks: {the file: "json.decode(json.body).item == 'lamp'", setup: "setup.rows == 21"} } }]
              scenarios: {s: {executor: shared-iterations, vus: 2, iterations: 20, maxDuration: 2m} }
              verify:
                - job: {name: count, image: {{Tools}}, command: [sh, -c, "{{Count}}"], checks: {"counts exactly": "json.requests == 22"}, extract: {requests: json.requests} }
                - check: {the value stays: "vars.requests == 22"}
              validity: {maxTaintedSeconds: 100%, maxStartSkew: 1m}
              thresholds: {checks: ["rate==1"], http_req_failed: ["rate==0"]}
              runners:
                replicas: 2
                resources: {requests: {cpu: 200m, memory: 32Mi} }
                volumes: [{name: bodies, configMap: {name: bodies} }]
                volumeMounts: [{name: bodies, mountPath: /bodies}]
            """);
        await Eventually.SeeAsync("the verify job", () => JobsAsync(scene), jobs => jobs.Any(j => j.EndsWith("-verify-0 Running", StringComparison.Ordinal)), TimeSpan.FromMinutes(5));
        await scene.Only.KillAsync();
        scene.StartOperator();

        var status = await scene.VerdictAsync("jobs");
        output.WriteLine($"{status["verdict"]} {status["reason"]}: {status["message"]}");
        Assert.True((string?)status["verdict"] == "Passed", $"{status}\n{scene.Log}");
        Assert.Equal(22, await scene.TargetCountAsync());
        var evidence = await scene.KubectlAsync("get", "configmap", (string)status["evidence"]!, "-o", "json");
        Assert.Contains("job-setup-0.log.gz", evidence, StringComparison.Ordinal);
        Assert.Contains("job-verify-0.log.gz", evidence, StringComparison.Ordinal);
        await Eventually.SeeAsync("no job is left", () => JobsAsync(scene), jobs => jobs.Length == 0);
        var everything = status + scene.Log + await scene.KubectlAsync("get", "events,loadtests,loadtestruns,configmaps", "-o", "yaml");
        Assert.DoesNotContain("s3cr3t-value", everything, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task What_a_job_or_an_abort_step_does_to_a_run_stands_in_its_verdict()
    {
        await using var scene = await Scene.OpenAsync(fixture.Cluster);
        await scene.Cluster.LoadImageAsync("tools");
        string Job(string image, string command, string more = "") => $"[{{job: {{name: j, image: {image}, command: [sh, -c, '{command}'] {more}}} }}]";
        var tests = new (string Name, string More, string Verdict, string Reason, string Message)[]
        {
            ("exits", $"  verify: {Job(Tools, "echo 99 rows; exit 3")}", "Failed", "VerifyFailed", "verify failed after the load: job j: exit code 3: 99 rows"),
            ("hangs", $"  setup: {Job(Tools, "sleep 600", ", timeout: 2s")}", "Error", "JobTimedOut", "job j: it did not end within 2 s"),
            ("pulls", $"  verify: {Job("localhost/no-such-image:1", "true")}", "Error", "ImagePullFailed", "verify could not be carried out: job j: "),
            ("shapes", $"  teardown: {Job(Tools, "true", ", resources: {limits: 5}")}", "Error", "PodRefused", "the load went well, but teardown failed: job j: the job holds a field that does not have the shape"),
            ("aborts", "  teardown: [{request: {name: end, url: /json} }]", "Aborted", "AbortedByTest", "the shop is closed"),
        };
        foreach (var (name, more, _, _, _) in tests)
        {
            var manifest = Scene.Manifest(name, rate: 5, seconds: name == "aborts" ? 300 : 2, more: more);
            await scene.ApplyAsync(name == "aborts" ? manifest.Replace("f: [{", "f: [{abort: the shop is closed, when: iteration == 9}, {", StringComparison.Ordinal) : manifest);
        }

        foreach (var (name, _, verdict, reason, message) in tests)
        {
            var status = await scene.VerdictAsync(name);
            output.WriteLine($"{name}: {status["verdict"]} {status["reason"]}: {status["message"]}");
            Assert.True((verdict, reason) == ((string?)status["verdict"], (string?)status["reason"]), $"{name}: {status}\n{scene.Log}");
            Assert.Contains(message, (string)status["message"]!, StringComparison.Ordinal);
            if (name == "aborts")
            {
                Assert.Equal(1, Scene.Metric(status, "http_reqs{name:end}", "count"));
            }
        }

        await Eventually.SeeAsync("no job is left", () => JobsAsync(scene), jobs => jobs.Length == 0);
    }

    private static async Task<string[]> JobsAsync(Scene scene) =>
        (await scene.KubectlAsync("get", "pods", "-l", "app.kubernetes.io/name=loadtest-job", "-o", "jsonpath={range .items[*]}{.metadata.name} {.status.phase}{\"\\n\"}{end}"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
