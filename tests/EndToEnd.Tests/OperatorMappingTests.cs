using System.Text.Json.Nodes;
using LoadTesting.TestKit;
using Xunit.Abstractions;

namespace LoadTesting.EndToEnd.Tests;

/// <summary>A test's status speaks of its present spec, by a run that was made for it, or says nothing.</summary>
public sealed class OperatorMappingTests(NodesFixture fixture, ITestOutputHelper output) : IClassFixture<NodesFixture>
{
    private const string Judged = "{http_req_failed: ['rate==0']}";

    [SkippableFact]
    public async Task A_spec_that_comes_back_is_run_again_and_a_run_by_hand_turns_nothing()
    {
        await using var scene = await Scene.OpenAsync(fixture.Cluster);
        var a = Scene.Manifest("back", rate: 10, seconds: 2, thresholds: Judged);
        var b = Scene.Manifest("back", rate: 11, seconds: 2, thresholds: Judged);
        await scene.ApplyAsync(a);
        Assert.Equal("Passed", Say(await scene.VerdictAsync("back")));

        // Runs by hand, one with a target that refuses and one without changes, fail; the test is as it was.
        await scene.ApplyAsync(ByHand("elsewhere", "back", """target: "http://demo-target:1", """));
        await EndedAsync(scene, "elsewhere", "Failed");
        await scene.KubectlAsync("scale", "deployment/demo-target", "--replicas=0");
        await Eventually.SeeAsync("no target", () => scene.KubectlAsync("get", "pods", "-l", "app.kubernetes.io/name=demo-target", "-o", "name"), pods => pods.Trim().Length == 0);
        await scene.ApplyAsync(ByHand("plain", "back", ""));
        await EndedAsync(scene, "plain", "Failed");
        var status = await scene.StatusAsync("back");
        Assert.Equal(("Passed", "True", "True"), (Say(status), Scene.Condition(status, "Succeeded"), Scene.Condition(status, "Ready")));

        await scene.ApplyAsync(b);
        status = await scene.SeeAsync("back", "the verdict on B", s => (string?)s["verdict"] is not null && Number(s) == 2);
        Assert.Equal("Failed", Say(status));
        await scene.ApplyAsync(a);
        var wait = await scene.Cluster.TryKubectlAsync(null, "wait", "--for=condition=Succeeded", "loadtest/back", "--timeout=20s", "-n", scene.Namespace);
        output.WriteLine($"kubectl wait --for=condition=Succeeded: exit code {wait.ExitCode}: {wait.Output}{wait.Error}");
        Assert.NotEqual(0, wait.ExitCode);
        status = await scene.SeeAsync("back", "the verdict on A again", s => (string?)s["verdict"] is not null && Number(s) == 3);
        Assert.Equal(("Failed", "False", "True"), (Say(status), Scene.Condition(status, "Succeeded"), Scene.Condition(status, "Stalled")));

        // A rerun whose annotation is taken away again: the newest run stays.
        await scene.KubectlAsync("scale", "deployment/demo-target", "--replicas=1");
        await scene.KubectlAsync("wait", "--for=condition=Available", "deployment/demo-target", "--timeout=120s");
        var (code, said) = await scene.LoadtestAsync("rerun", "back", "--wait", "5m");
        Assert.True(code == 0, said);
        await scene.KubectlAsync("annotate", "loadtest", "back", "loadtest.dev/rerun-");
        await scene.KubectlAsync("label", "loadtest", "back", "touched=yes");
        await Task.Delay(3000);
        status = await scene.StatusAsync("back");
        Assert.Equal(("Passed", 4), (Say(status), Number(status)));
        Assert.Equal(6, (await scene.KubectlAsync("get", "ltr", "-o", "name")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);

        // A status that somebody restored from before does not stay.
        await RestoreAsync(scene, "back", """{"status":{"verdict":"Invalid","phase":"Finished","reason":"NoSamples","bookkeeping":{"sequence":1}}}""");
        status = await scene.SeeAsync("back", "what the newest run says", s => Number(s) == 4 && Say(s) == "Passed" && (string?)s["reason"] == "ThresholdsMet");
        output.WriteLine(await scene.KubectlAsync("get", "ltr"));
        output.WriteLine(await scene.KubectlAsync("get", "lt"));
    }

    [SkippableFact]
    public async Task What_nobody_knows_is_refused_and_what_judges_nothing_opens_no_gate()
    {
        await using var scene = await Scene.OpenAsync(fixture.Cluster);
        var good = Scene.Manifest("raw", rate: 10, seconds: 2, thresholds: Judged);
        var misspelt = good.Replace("thresholds: {", "threshold: {", StringComparison.Ordinal);

        // Past everything that kubectl checks: a raw request, as a controller sends it, and server-side apply without validation.
        var json = (await fixture.Cluster.TryKubectlAsync(misspelt, "create", "--dry-run=client", "--validate=false", "-o", "json", "-n", scene.Namespace, "-f", "-")).Output;
        var raw = await fixture.Cluster.TryKubectlAsync(json, "create", "--raw", $"/apis/loadtest.dev/v1alpha1/namespaces/{scene.Namespace}/loadtests", "-f", "-");
        Assert.True(raw.ExitCode == 0, raw.Error);
        await RefusedAsync("raw");
        var applied = await fixture.Cluster.TryKubectlAsync(
            misspelt.Replace("{name: raw }", "{name: ssa }", StringComparison.Ordinal), "apply", "--server-side", "--validate=false", "-n", scene.Namespace, "-f", "-");
        Assert.True(applied.ExitCode == 0, applied.Error);
        await RefusedAsync("ssa");
        Assert.Equal("", (await scene.KubectlAsync("get", "ltr", "-o", "name")).Trim());

        // Also deep inside, and in a run.
        await scene.Cluster.ApplyAsync(
            good.Replace("url: /json,", "url: /json, chekcs: {a: 'true'},", StringComparison.Ordinal).Replace("{name: raw }", "{name: deep }", StringComparison.Ordinal), "--validate=false", "-n", scene.Namespace);
        var status = await scene.VerdictAsync("deep");
        Assert.Contains("spec.flows.f[0].request.chekcs", (string)status["message"]!, StringComparison.Ordinal);
        Assert.Contains("did you mean 'checks'?", (string)status["message"]!, StringComparison.Ordinal);
        // Another name: kubectl's merge would leave the field there that no manifest of its own ever had.
        await scene.ApplyAsync(good.Replace("{name: raw }", "{name: fine }", StringComparison.Ordinal));
        Assert.Equal("Passed", Say(await scene.VerdictAsync("fine")));
        await scene.Cluster.ApplyAsync(ByHand("misspelt", "fine", """tarjet: "http://demo-target:1", """), "--validate=false", "-n", scene.Namespace);
        await EndedAsync(scene, "misspelt", "Error");
        Assert.Equal("Passed", Say(await scene.StatusAsync("fine")));

        await scene.ApplyAsync(Scene.Manifest("nothing", rate: 10, seconds: 2, thresholds: "{}"));
        status = await scene.VerdictAsync("nothing");
        output.WriteLine((string)status["message"]!);
        Assert.Equal(("Unjudged", "NothingJudged"), (Say(status), (string?)status["reason"]));
        Assert.Equal(("False", "False", "True", "absent", "True"),
            (Scene.Condition(status, "Succeeded"), Scene.Condition(status, "Ready"), Scene.Condition(status, "Stalled"), Scene.Condition(status, "Reconciling"), Scene.Condition(status, "Complete")));
        output.WriteLine(await scene.KubectlAsync("get", "lt"));

        async Task RefusedAsync(string name)
        {
            var refused = await scene.VerdictAsync(name);
            output.WriteLine((string)refused["message"]!);
            Assert.Equal(("Error", "InvalidManifest", "False"), (Say(refused), (string?)refused["reason"], Scene.Condition(refused, "Succeeded")));
            Assert.Contains("spec.threshold", (string)refused["message"]!, StringComparison.Ordinal);
            Assert.Contains("did you mean 'thresholds'?", (string)refused["message"]!, StringComparison.Ordinal);
        }
    }

    [SkippableTheory]
    [InlineData("{http_req_duration: ['p(95)<500', 'avg<100']}", "ThresholdsFailed")]
    [InlineData("{}", "NothingAnswered")]
    public async Task A_target_that_refuses_every_connection_does_not_pass(string thresholds, string reason)
    {
        await using var scene = await Scene.OpenAsync(fixture.Cluster);
        var dead = Scene.Manifest("dead", rate: 10, seconds: 2, thresholds: thresholds).Replace("http://demo-target:8080", "http://demo-target:1", StringComparison.Ordinal);
        await scene.ApplyAsync(dead);

        var status = await scene.VerdictAsync("dead");
        output.WriteLine($"{status["verdict"]} {status["reason"]}: {status["message"]}");
        Assert.Equal(("Failed", reason, "False"), (Say(status), (string?)status["reason"], Scene.Condition(status, "Succeeded")));
    }

    [SkippableFact]
    public async Task A_change_replaces_or_waits_suspend_says_what_it_does_and_a_runs_spec_is_what_it_was_made_with()
    {
        await using var scene = await Scene.OpenAsync(fixture.Cluster);
        string Manifest(int rate, int seconds, string more) => Scene.Manifest("change", rate, seconds, thresholds: Judged, more: more);

        await scene.ApplyAsync(Manifest(5, 300, "  onChange: replace"));
        await scene.PhaseAsync("change", "Running");
        await scene.ApplyAsync(Manifest(6, 45, "  onChange: replace"));
        var first = await scene.SeeAsync("change", "the second run goes on", s => Number(s) == 2 && (string?)s["phase"] == "Running");
        var runs = await scene.KubectlAsync("get", "ltr", "-o", "jsonpath={range .items[*]}{.metadata.annotations.loadtest\\.dev/sequence} {.status.verdict} {.status.message}{\"\\n\"}{end}");
        output.WriteLine(runs);
        Assert.Contains("1 Aborted ", runs, StringComparison.Ordinal);
        Assert.Contains("replaces this one (spec.onChange)", runs, StringComparison.Ordinal);

        // Suspended in the middle: this run goes on, and both the message and an event say so.
        await scene.ApplyAsync(Manifest(6, 45, "  suspend: true"));
        var status = await scene.SeeAsync("change", "suspend is said", s => ((string?)s["message"])?.Contains("spec.suspend holds back further runs, not this one.", StringComparison.Ordinal) == true);
        Assert.Equal(("Running", "True"), ((string?)status["phase"], Scene.Condition(status, "Suspended")));
        await Eventually.SeeAsync("the event", () => scene.KubectlAsync("get", "events", "-o", "jsonpath={.items[*].reason}"), reasons => reasons.Contains("Suspended", StringComparison.Ordinal));

        // Where the API server has no rules, anybody with edit may write into the run; a new operator must not take it for what is run.
        var run = (string)first["run"]!;
        var patched = await fixture.Cluster.TryKubectlAsync(null, "patch", "ltr", run, "-n", scene.Namespace, "--type=merge", "-p", """{"spec":{"target":"http://demo-target:1"}}""");
        output.WriteLine($"{patched.ExitCode} {patched.Output}{patched.Error}");
        await scene.Only.KillAsync();
        scene.StartOperator();
        status = await scene.VerdictAsync("change");
        Assert.True(Say(status) == "Passed" && Number(status) == 2, $"{status}\n{scene.Log}");
        if (patched.ExitCode == 0)
        {
            Assert.Equal("True", Scene.Condition(status, "SpecChanged"));
            await scene.KubectlAsync("patch", "ltr", run, "--type=merge", "-p", """{"spec":{"abort":true}}""");
            await Eventually.SeeAsync("the finished run answers its newest generation", () => scene.StatusAsync(run, "ltr"), s => (long?)s["observedGeneration"] == 3);
            Assert.Equal("Passed", Say(await scene.StatusAsync(run, "ltr")));
        }

        // A change while suspended waits, and is run when suspend is taken away.
        await scene.ApplyAsync(Manifest(7, 2, "  suspend: true"));
        await scene.SeeAsync("change", "Suspended", s => (string?)s["reason"] == "Suspended" && s["verdict"] is null);
        await scene.ApplyAsync(Manifest(7, 2, ""));
        status = await scene.SeeAsync("change", "the verdict of the third", s => (string?)s["verdict"] is not null && Number(s) == 3);
        Assert.Equal(("Passed", "absent"), (Say(status), Scene.Condition(status, "Suspended")));
    }

    private static string? Say(JsonNode status) => (string?)status["verdict"];

    /// <summary>The run that is shown, by its number: NAME-NUMBER-xxxxx.</summary>
    private static int Number(JsonNode status) => (string?)status["run"] is { } run && run.Split('-') is [.., var number, _] && int.TryParse(number, out var n) ? n : 0;

    private static string ByHand(string name, string test, string more) =>
        $$"""
        apiVersion: loadtest.dev/v1alpha1
        kind: LoadTestRun
        metadata: {name: {{name}} }
        spec: { {{more}} loadTestRef: {name: {{test}} } }
        """;

    private async Task EndedAsync(Scene scene, string run, string verdict)
    {
        var status = await Eventually.SeeAsync($"{run} ends", () => scene.StatusAsync(run, "ltr"), s => (string?)s["phase"] == "Finished", TimeSpan.FromMinutes(4));
        output.WriteLine($"{run}: {status["verdict"]} {status["reason"]}: {status["message"]}");
        Assert.True(Say(status) == verdict, $"{status}\n{scene.Log}");
    }

    /// <summary>Writes the status past the operator.</summary>
    private static async Task RestoreAsync(Scene scene, string test, string patch)
    {
        var done = await scene.Cluster.TryKubectlAsync(null, "patch", "loadtest", test, "-n", scene.Namespace, "--subresource=status", "--type=merge", "-p", patch);
        Assert.True(done.ExitCode == 0, done.Error);
    }
}
