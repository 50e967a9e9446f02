using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation.Rules;

namespace LoadTesting.Model.Validation.Policies;

/// <summary>Every field of a test that becomes a part of a Pod and reaches beyond the test's namespace, held against a policy.</summary>
internal static class PodPolicyRules
{
    private const string Rule = "policy";
    private const string Own = "loadtest.dev/";
    private const string Required = "requiredDuringSchedulingIgnoredDuringExecution";
    private static readonly string[] StandardSources = ["configMap", "secret", "downwardAPI"];

    public static IReadOnlyList<Problem> Check(PodPolicy policy, LoadTestSpec spec)
    {
        var all = new List<Problem>();
        var problems = new ProblemList("spec", all);
        Check(policy, spec.Runners, problems.Field("runners"));
        foreach (var (step, list) in Steps.All(spec, problems))
        {
            if (step is JobStep job)
            {
                CheckImage(policy, job.Image, list.Field("job").Field("image"));
                CheckVolumes(policy, job.Volumes, list.Field("job").Field("volumes"));
            }
        }

        return all;
    }

    private static void Check(PodPolicy policy, RunnersSpec runners, ProblemList problems)
    {
        if (runners.Image is { } image)
        {
            CheckImage(policy, image, problems.Field("image"));
        }

        if (runners.PriorityClassName is { Length: > 0 } name && !policy.PriorityClasses.Contains(name)
            && (!policy.PriorityClasses.Contains(PodPolicy.Everything) || name.StartsWith("system-", StringComparison.Ordinal)))
        {
            var named = policy.PriorityClasses.Where(c => c != PodPolicy.Everything).ToList();
            problems.Field("priorityClassName").Add(
                Rule, policy.PriorityClasses.Contains(PodPolicy.Everything) ? $"priority classes of the system are refused by the operator's policy{Allowed(named)}; {Ask("--allow-priority-classes")}"
                    : named.Count == 0 ? $"priority classes are refused by the operator's policy: leave it out; {Ask("--allow-priority-classes")}"
                    : $"this priority class is refused by the operator's policy{Allowed(named)}; {Ask("--allow-priority-classes")}", name);
        }

        CheckVolumes(policy, runners.Volumes, problems.Field("volumes"));
        CheckKeys(policy, runners.Labels.Keys, problems.Field("labels"));
        CheckKeys(policy, runners.Annotations.Keys, problems.Field("annotations"));
        if (!policy.ForeignAntiAffinity)
        {
            CheckAffinity(runners.Affinity, problems.Field("affinity"));
        }
    }

    private static void CheckImage(PodPolicy policy, string image, ProblemList problems)
    {
        if (!policy.Images.Any(pattern => ImagePattern.Matches(pattern, image)))
        {
            problems.Add(Rule, $"this image is refused by the operator's policy{Allowed(policy.Images)}; {Ask("--allow-images")}", image);
        }
    }

    private static void CheckVolumes(PodPolicy policy, SpecNode? volumes, ProblemList problems)
    {
        var place = 0;
        foreach (var item in (volumes as SpecList)?.Items ?? [])
        {
            var list = problems.Item(place++);
            // What is no mapping, or has no type, is the API server's to refuse or to take for an emptyDir.
            foreach (var entry in ((item as SpecMap)?.Entries ?? []).Where(e => e.Key != "name"))
            {
                if (!policy.VolumeTypes.Contains(entry.Key) && !policy.VolumeTypes.Contains(PodPolicy.Everything))
                {
                    var types = policy.VolumeTypes.Where(t => !t.Contains('.', StringComparison.Ordinal)).ToList();
                    list.Field(entry.Key).Add(Rule, $"volumes of this type are refused by the operator's policy{Allowed(types)}; {Ask("--allow-volume-types")}", entry.Key);
                }
                else if (entry.Key == "projected" && entry.Value is SpecMap projected)
                {
                    CheckSources(policy, projected["sources"], list.Field(entry.Key).Field("sources"));
                }
            }
        }
    }

    private static void CheckSources(PodPolicy policy, SpecNode? sources, ProblemList problems)
    {
        var place = 0;
        foreach (var item in (sources as SpecList)?.Items ?? [])
        {
            var list = problems.Item(place++);
            foreach (var entry in ((item as SpecMap)?.Entries ?? []).Where(e => !StandardSources.Contains(e.Key)))
            {
                if (!policy.VolumeTypes.Contains($"projected.{entry.Key}") && !policy.VolumeTypes.Contains("projected.*"))
                {
                    var more = policy.VolumeTypes.Where(t => t.StartsWith("projected.", StringComparison.Ordinal)).Select(t => t["projected.".Length..]);
                    list.Field(entry.Key).Add(Rule, $"this source of projected volumes is refused by the operator's policy{Allowed([.. StandardSources, .. more])}; {Ask("--allow-volume-types")}", entry.Key);
                }
            }
        }
    }

    private static void CheckKeys(PodPolicy policy, IEnumerable<string> keys, ProblemList problems)
    {
        foreach (var key in keys)
        {
            if (key.StartsWith(Own, StringComparison.Ordinal))
            {
                problems.Field(key).Add(Rule, $"keys that begin with {Own} are the operator's own: take another one", key);
            }
            else if (PodPolicy.SteeringKeys.FirstOrDefault(steering => key.StartsWith(steering, StringComparison.Ordinal)) is { } begin && !policy.PodMetadata.Any(allowed => IsLike(allowed, key)))
            {
                problems.Field(key).Add(Rule, $"keys that begin with {begin} change the isolation or the identity of a Pod and are refused by the operator's policy; {Ask("--allow-pod-metadata")}", key);
            }
        }
    }

    private static bool IsLike(string allowed, string key) =>
        allowed.EndsWith('*') ? key.StartsWith(allowed[..^1], StringComparison.Ordinal) : allowed == key;

    private static void CheckAffinity(SpecNode? affinity, ProblemList problems)
    {
        var list = problems.Field("podAntiAffinity").Field(Required);
        var place = 0;
        foreach (var item in (((affinity as SpecMap)?["podAntiAffinity"] as SpecMap)?[Required] as SpecList)?.Items ?? [])
        {
            var term = list.Item(place++);
            foreach (var entry in ((item as SpecMap)?.Entries ?? []).Where(e => e.Key is "namespaces" or "namespaceSelector" && e.Value is not SpecList { Items.Count: 0 }))
            {
                term.Field(entry.Key).Add(
                    Rule,
                    $"a required anti-affinity to Pods of other namespaces keeps those Pods from the runners' nodes, too, and is refused by the operator's policy: write it below preferredDuringSchedulingIgnoredDuringExecution; {Ask("--allow-foreign-anti-affinity")}");
            }
        }
    }

    private static string Allowed(IReadOnlyCollection<string> allowed) => allowed.Count == 0 ? "" : $"; allowed {(allowed.Count == 1 ? "is" : "are")} {string.Join(", ", allowed)}";

    private static string Ask(string option) => $"who runs the operator can allow it with {option}";
}
