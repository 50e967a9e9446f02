using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Api.Schema;

namespace LoadTesting.Operator.Admission;

/// <summary>The rules of a LoadTestRun's spec: what it was made with never changes; the snapshot is filled in once, and abort is set once.</summary>
internal static class RunReview
{
    private const string Rule = "immutable";

    /// <param name="spec">As it would become.</param>
    /// <param name="old">As it is; null when the run is made.</param>
    /// <param name="policy">What tests of the run's namespace may do.</param>
    /// <param name="problems">Gets everything that is wrong.</param>
    public static void Check(JsonElement spec, JsonElement? old, Func<LoadTestSpec, IEnumerable<Problem>> policy, List<Problem> problems)
    {
        if (old is { } before)
        {
            CheckChange(spec, before, problems);
        }

        // Of an update only what is new: a run that is stored with such a field must still be stopped.
        var stored = old ?? default;
        problems.AddRange(RunFields.Check(
            Names(spec).Except(Names(stored)),
            Names(AdmissionRequest.Member(spec, "loadTestRef")).Except(Names(AdmissionRequest.Member(stored, "loadTestRef")))));

        var snapshot = AdmissionRequest.Member(spec, "snapshot");
        var isNew = old is not { } was || AdmissionRequest.Member(was, "snapshot").ValueKind == JsonValueKind.Undefined;
        if (snapshot.ValueKind == JsonValueKind.Object && isNew)
        {
            problems.AddRange(Snapshot(snapshot, policy));
        }

        if (old is null && AdmissionRequest.Text(spec, "target") is { Length: > 0 } target)
        {
            problems.AddRange(Target(target));
        }
    }

    private static void CheckChange(JsonElement spec, JsonElement old, List<Problem> problems)
    {
        foreach (var name in Names(spec).Union(Names(old)))
        {
            var (now, before) = (AdmissionRequest.Member(spec, name), AdmissionRequest.Member(old, name));
            if (AdmissionRequest.Same(now, before))
            {
                continue;
            }

            switch (name)
            {
                case "abort" when now.ValueKind == JsonValueKind.True:
                case "snapshot" when before.ValueKind == JsonValueKind.Undefined:
                    break;
                case "abort" when before.ValueKind != JsonValueKind.True:
                    break;
                case "abort":
                    problems.Add(new Problem("spec.abort", Rule, "a run that was stopped cannot go on; make a new one") { Value = "false" });
                    break;
                default:
                    problems.Add(new Problem(SpecPath.Field("spec", name), Rule, "a run's spec cannot be changed, but for abort; make a new run"));
                    break;
            }
        }
    }

    private static IEnumerable<string> Names(JsonElement spec) => spec.ValueKind == JsonValueKind.Object ? spec.EnumerateObject().Select(p => p.Name) : [];

    /// <summary>The snapshot is a LoadTest's spec: the same rules, at its own place.</summary>
    private static IEnumerable<Problem> Snapshot(JsonElement snapshot, Func<LoadTestSpec, IEnumerable<Problem>> policy)
    {
        var problems = new List<Problem>();
        var manifest = new JsonObject
        {
            ["apiVersion"] = $"{CrdManifest.Group}/{CrdManifest.Version}",
            ["kind"] = ManifestIdentity.Kind,
            ["metadata"] = new JsonObject { ["name"] = "snapshot" },
            ["spec"] = JsonNode.Parse(snapshot.GetRawText()),
        };
        if (SpecJson.Read(Encoding.UTF8.GetBytes(manifest.ToJsonString()), problems) is { } document)
        {
            problems.AddRange(SpecValidator.Validate(document, policy: policy).Problems);
        }

        return problems.Select(p => p with { Path = p.Path.StartsWith("spec", StringComparison.Ordinal) ? "spec.snapshot" + p.Path["spec".Length..] : "spec.snapshot" });
    }

    /// <summary>What the validator says about this target, whatever the rest of the test.</summary>
    private static IEnumerable<Problem> Target(string target) => SpecValidator
        .Validate(new LoadTestManifest { Name = "run", Spec = new LoadTestSpec { Target = target } })
        .Problems.Where(p => p.Path == "spec.target");
}
