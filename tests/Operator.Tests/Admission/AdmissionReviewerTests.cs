using System.Text.Json;
using System.Text.Json.Nodes;
using LoadTesting.Operator.Admission;
using LoadTesting.Operator.Api;

namespace LoadTesting.Operator.Tests.Admission;

public sealed class AdmissionReviewerTests
{
    private const string GoodSpec = """{"target":"http://shop","flows":{"f":[{"request":{"url":"/"}}]},"scenarios":{"s":{"executor":"constant-vus","vus":1,"duration":"1s","exec":"f"}}}""";
    private const string BadSpec = """{"target":"shop","flows":{"f":[{"request":{"url":"/","checks":{"c":"status =="}}}]},"scenarios":{"s":{"executor":"constant-vus","vus":0,"exec":"nowhere"}},"oops":1}""";

    [Fact]
    public void A_good_manifest_is_allowed_without_a_word()
    {
        var answer = Ask("CREATE", "LoadTest", GoodSpec);
        Assert.Equal("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"u-1","allowed":true}}""", answer.ToJsonString());
    }

    [Fact]
    public void A_bad_manifest_is_refused_with_every_problem_at_once()
    {
        var response = Ask("CREATE", "LoadTest", BadSpec)["response"]!;
        Assert.False((bool)response["allowed"]!);
        var status = response["status"]!;
        Assert.Equal((422, "Invalid", "loadtest.dev", "LoadTest", "t"), (
            (int)status["code"]!, (string)status["reason"]!, (string)status["details"]!["group"]!, (string)status["details"]!["kind"]!, (string)status["details"]!["name"]!));
        var fields = status["details"]!["causes"]!.AsArray().Select(c => (string)c!["field"]!).ToList();
        foreach (var path in new[] { "spec.target", "spec.oops", "spec.scenarios.s.vus", "spec.scenarios.s.duration", "spec.scenarios.s.exec", "spec.flows.f[0].request.checks.c" })
        {
            Assert.Contains(path, fields);
            Assert.Contains(path, (string)status["message"]!, StringComparison.Ordinal);
        }

        var target = status["details"]!["causes"]!.AsArray().Single(c => (string)c!["field"]! == "spec.target")!;
        Assert.Contains("got 'shop'", (string)target["message"]!, StringComparison.Ordinal);
        Assert.Contains("http://shop", (string)target["message"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"${env.N}\"", "\"${env.N}s\"", null, null)]
    [InlineData("\"${int(default(env.GONE, '2')) * 2}\"", "\"1s\"", null, null)]
    [InlineData("\"${env.WORD}\"", "\"1s\"", "spec.scenarios.s.vus", "'${env.WORD}' gives 'abc', and here must be a whole number, got 'abc' (type)")]
    [InlineData("1", "30", "spec.scenarios.s.duration", "30 has no unit: write 30s if it is seconds, as in k6's sleep(30), or 30ms if it is milliseconds, as in k6's options, got '30' (duration)")]
    [InlineData("\"${env.TOKEN}\"", "\"1s\"", "spec.scenarios.s.vus", "env.TOKEN comes from a Secret")]
    public void Load_numbers_may_be_expressions_and_times_need_units(string vus, string duration, string? field, string? message)
    {
        const string Start = """
            {"target":"http://shop","env":[{"name":"N","value":"3"},{"name":"WORD","value":"abc"},{"name":"TOKEN","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}],
             "flows":{"f":[{"request":{"url":"/"}}]},"scenarios":{"s":{"executor":"constant-vus","exec":"f","vus":
            """;
        var response = Ask("CREATE", "LoadTest", Start + vus + ",\"duration\":" + duration + "}}}")["response"]!;
        var cause = response["status"]?["details"]!["causes"]!.AsArray().Single();
        Assert.Equal((field is null, field), ((bool)response["allowed"]!, (string?)cause?["field"]));
        Assert.StartsWith(message ?? "", (string?)cause?["message"] ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void An_update_is_judged_only_when_it_changes_the_spec()
    {
        Assert.True(Allowed(Ask("UPDATE", "LoadTest", BadSpec, BadSpec)));
        Assert.False(Allowed(Ask("UPDATE", "LoadTest", BadSpec, GoodSpec)));
        Assert.True(Allowed(Ask("UPDATE", "LoadTest", GoodSpec, BadSpec)));
    }

    [Fact]
    public void What_is_being_deleted_or_is_no_business_of_ours_is_allowed()
    {
        Assert.True(Allowed(Ask("UPDATE", "LoadTest", BadSpec, GoodSpec, deletionTimestamp: "2030-01-01T00:00:00Z")));
        Assert.True(Allowed(Ask("DELETE", "LoadTest", null, BadSpec)));
        Assert.True(Allowed(Ask("CREATE", "Pod", BadSpec)));
    }

    [Theory]
    [InlineData("""{"loadTestRef":{"name":"a"}}""", """{"loadTestRef":{"name":"a"},"abort":true}""", null)]
    [InlineData("""{"loadTestRef":{"name":"a"},"abort":true}""", """{"loadTestRef":{"name":"a"},"abort":false}""", "spec.abort")]
    [InlineData("""{"loadTestRef":{"name":"a"},"abort":true}""", """{"loadTestRef":{"name":"a"}}""", "spec.abort")]
    [InlineData("""{"loadTestRef":{"name":"a"}}""", """{"loadTestRef":{"name":"a"},"abort":false}""", null)]
    [InlineData("""{"loadTestRef":{"name":"a"}}""", """{"loadTestRef":{"name":"b"}}""", "spec.loadTestRef")]
    [InlineData("""{"loadTestRef":{"name":"a"},"target":"http://a"}""", """{"loadTestRef":{"name":"a"}}""", "spec.target")]
    [InlineData("""{"loadTestRef":{"name":"a"}}""", """{"loadTestRef":{"name":"a"},"variables":{"x":1}}""", "spec.variables")]
    [InlineData("""{"loadTestRef":{"name":"a"}}""", """{"loadTestRef":{"name":"a"},"snapshot":GOOD}""", null)]
    [InlineData("""{"loadTestRef":{"name":"a"},"snapshot":{"target":"http://b"}}""", """{"loadTestRef":{"name":"a"},"snapshot":GOOD}""", "spec.snapshot")]
    [InlineData("""{"loadTestRef":{"name":"a"},"snapshot":GOOD}""", """{"abort":true,"loadTestRef":{"name":"a"},"snapshot":GOOD}""", null)]
    public void A_runs_spec_cannot_change_but_for_abort(string before, string after, string? refused)
    {
        var response = Ask("UPDATE", "LoadTestRun", after.Replace("GOOD", GoodSpec, StringComparison.Ordinal), before.Replace("GOOD", GoodSpec, StringComparison.Ordinal))["response"]!;
        Assert.Equal(refused is null, (bool)response["allowed"]!);
        if (refused is not null)
        {
            Assert.Equal([refused], response["status"]!["details"]!["causes"]!.AsArray().Select(c => (string)c!["field"]!));
        }
    }

    [Fact]
    public void A_runs_snapshot_and_target_obey_the_rules_of_a_test()
    {
        var response = Ask("CREATE", "LoadTestRun", $$"""{"loadTestRef":{"name":"a"},"target":"shop","snapshot":{{BadSpec}}}""")["response"]!;
        var fields = response["status"]!["details"]!["causes"]!.AsArray().Select(c => (string)c!["field"]!).ToList();
        Assert.Contains("spec.target", fields);
        Assert.Contains("spec.snapshot.scenarios.s.vus", fields);
        Assert.True(Allowed(Ask("CREATE", "LoadTestRun", """{"loadTestRef":{"name":"a"},"target":"http://shop"}""")));
    }

    [Theory]
    [InlineData("""{"loadTestRef":{"name":"a"},"tarjet":"http://b"}""", null, "spec.tarjet", "'target'")]
    [InlineData("""{"loadTestRef":{"name":"a","namespace":"b"}}""", null, "spec.loadTestRef.namespace", null)]
    [InlineData("""{"loadTestRef":{"name":"a"},"tarjet":"http://b","abort":true}""", """{"loadTestRef":{"name":"a"},"tarjet":"http://b"}""", null, null)]
    public void A_run_with_a_field_that_there_is_none_of_is_refused_when_it_is_made(string spec, string? before, string? path, string? meant)
    {
        var response = Ask(before is null ? "CREATE" : "UPDATE", "LoadTestRun", spec, before)["response"]!;

        Assert.Equal(path is null, (bool)response["allowed"]!);
        if (path is not null)
        {
            var cause = Assert.Single(response["status"]!["details"]!["causes"]!.AsArray())!;
            Assert.Equal(path, (string?)cause["field"]);
            Assert.Contains(meant is null ? "has no field" : $"did you mean {meant}?", (string)cause["message"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Warnings_go_with_an_allowed_object_and_stay_within_the_API_servers_limits()
    {
        var request = AdmissionRequest.Read(JsonSerializer.SerializeToElement(Review("CREATE", "LoadTest", GoodSpec, null)))!;
        var problems = Enumerable.Range(0, 40)
            .Select(i => new LoadTesting.Model.Validation.Problem($"spec.x[{i}]", "rule", new string('m', 400)) { IsWarning = true }).ToList();
        var response = new AdmissionAnswer(request, problems).ToJson()["response"]!;
        Assert.True((bool)response["allowed"]!);
        var warnings = response["warnings"]!.AsArray().Select(w => (string)w!).ToList();
        Assert.All(warnings, w => Assert.True(w.Length <= 256));
        Assert.InRange(warnings.Sum(w => w.Length), 3000, 4096);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview","request":{"uid":"u"}}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":7}}""")]
    public void What_is_no_review_is_not_read(string json) => Assert.Null(AdmissionRequest.Read(JsonDocument.Parse(json).RootElement));

    [Theory]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","operation":"CREATE","kind":{"kind":"LoadTest"},"object":[1]}}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","operation":"CREATE","kind":{"kind":"LoadTest"}}}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","operation":"CREATE","kind":{"kind":"LoadTestRun"},"object":{"spec":"x"}}}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","operation":"UPDATE","kind":{"kind":"LoadTestRun"},"object":{"spec":[]},"oldObject":7}}""")]
    public void No_object_reaches_a_crash(string json) =>
        Assert.NotNull(AdmissionReviewer.Review(AdmissionRequest.Read(JsonDocument.Parse(json).RootElement)!, TestPolicy.Standard).ToJson());

    [Theory]
    [InlineData("LoadTest", "", "spec.runners.volumes[0].hostPath")]
    [InlineData("LoadTestRun", "spec.snapshot", "spec.snapshot.runners.volumes[0].hostPath")]
    public void What_the_operators_policy_refuses_is_refused_before_it_is_stored(string kind, string place, string field)
    {
        var spec = GoodSpec[..^1] + ""","runners":{"volumes":[{"name":"v","hostPath":{"path":"/"}}]}}""";
        var asked = place.Length == 0 ? spec : $$"""{"loadTestRef":{"name":"t"},"snapshot":{{spec}}}""";
        var response = Ask("CREATE", kind, asked)["response"]!;
        Assert.False((bool)response["allowed"]!);
        var cause = Assert.Single(response["status"]!["details"]!["causes"]!.AsArray())!;
        Assert.Equal(field, (string)cause["field"]!);
        Assert.Contains("refused by the operator's policy", (string)cause["message"]!, StringComparison.Ordinal);
        // What is stored already can still be changed elsewhere, and a run be stopped.
        Assert.True(Allowed(Ask("UPDATE", kind, asked, asked)));
    }

    private static bool Allowed(JsonObject answer) => (bool)answer["response"]!["allowed"]!;

    private static JsonObject Ask(string operation, string kind, string? spec, string? oldSpec = null, string? deletionTimestamp = null) =>
        AdmissionReviewer.Review(AdmissionRequest.Read(JsonSerializer.SerializeToElement(Review(operation, kind, spec, oldSpec, deletionTimestamp)))!, TestPolicy.Standard).ToJson();

    private static JsonObject Review(string operation, string kind, string? spec, string? oldSpec, string? deletionTimestamp = null) => new()
    {
        ["apiVersion"] = "admission.k8s.io/v1",
        ["kind"] = "AdmissionReview",
        ["request"] = new JsonObject
        {
            ["uid"] = "u-1",
            ["operation"] = operation,
            ["name"] = "t",
            ["kind"] = new JsonObject { ["group"] = "loadtest.dev", ["version"] = "v1alpha1", ["kind"] = kind },
            ["object"] = Item(kind, spec, deletionTimestamp),
            ["oldObject"] = Item(kind, oldSpec, null),
        },
    };

    private static JsonObject? Item(string kind, string? spec, string? deletionTimestamp)
    {
        if (spec is null)
        {
            return null;
        }

        var metadata = new JsonObject { ["name"] = "t", ["namespace"] = "shop", ["uid"] = "x", ["generation"] = 1, ["managedFields"] = new JsonArray() };
        if (deletionTimestamp is not null)
        {
            metadata["deletionTimestamp"] = deletionTimestamp;
        }

        return new JsonObject { ["apiVersion"] = "loadtest.dev/v1alpha1", ["kind"] = kind, ["metadata"] = metadata, ["spec"] = JsonNode.Parse(spec) };
    }
}
