using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;
using LoadTesting.Operator.Api;

namespace LoadTesting.Operator.Reconciling;

/// <summary>What a run is to do: a test's spec with the run's own changes, checked by the same rules as at the desk and in admission.</summary>
public sealed record EffectiveTest
{
    private TimeSpan? _planned;

    private EffectiveTest(LoadTestManifest manifest, ThresholdSet thresholds, TimeSpan longest) =>
        (Manifest, Thresholds, Longest) = (manifest, thresholds, longest);

    /// <summary>The manifest, ready for the runners.</summary>
    public LoadTestManifest Manifest { get; }

    /// <summary>Its thresholds, compiled.</summary>
    public ThresholdSet Thresholds { get; }

    /// <summary>The manifest as the files that its runners read.</summary>
    public IReadOnlyList<PlanFile> Plan => field ??= PlanFiles.Of(SpecJson.ToUtf8(Manifest));

    /// <summary>How many compressed parts the plan has; 0 when it is one file of text.</summary>
    public int PlanParts => Plan[0].IsText ? 0 : Plan.Count;

    /// <summary>Longest possible time from T0 to the end of the last iteration.</summary>
    public TimeSpan Longest { get; }

    /// <summary>Time from T0 to the end of the plan; what iterations in flight may take after it is not in it.</summary>
    public TimeSpan Planned => _planned ??= TimeSpan.FromSeconds(Planner.PlanWorker(Spec, 0, 1).Scenarios.Select(s => s.Spec.StartTime.Seconds + s.RegularDuration.Seconds).DefaultIfEmpty().Max());

    /// <summary>Short for the manifest's spec.</summary>
    public LoadTestSpec Spec => Manifest.Spec;

    /// <summary>Of a test as written.</summary>
    /// <param name="test">The test.</param>
    /// <param name="policy">What it may do; null = what is allowed where nothing is said.</param>
    public static Validated<EffectiveTest> Of(LoadTest test, TestPolicy? policy = null) => Of(test.Metadata.Name!, test.Metadata.Namespace, test.Spec, policy, static _ => new RunOverrides());

    /// <summary>Of a run: its snapshot and its overrides.</summary>
    /// <param name="run">The run.</param>
    /// <param name="policy">What it may do; null = what is allowed where nothing is said.</param>
    public static Validated<EffectiveTest> Of(LoadTestRun run, TestPolicy? policy = null) => Of(
        run.Spec.LoadTestRef.Name, run.Metadata.Namespace, run.Spec.Snapshot, policy, problems => Overrides(run.Spec, problems), RunFields.Check(Keys(run.Spec.Unknown), Keys(run.Spec.LoadTestRef.Unknown)));

    /// <summary>Of a run's plan, which has the run's own changes in it.</summary>
    /// <param name="plan">The document that the runners read.</param>
    /// <param name="space">The run's namespace.</param>
    /// <param name="policy">What it may do.</param>
    public static Validated<EffectiveTest> OfPlan(SpecNode plan, string? space, TestPolicy policy) => Of(SpecValidator.Validate(plan, policy: policy.For(space)), [], 0);

    /// <summary>All problems in one text for conditions and events: one sentence each, warnings left out.</summary>
    public static string Describe(IReadOnlyList<Problem> problems)
    {
        var errors = problems.Where(p => !p.IsWarning).Select(Sentence).ToList();
        return errors.Count == 1 ? errors[0] : $"{errors.Count} problems: {string.Join("; ", errors)}";
    }

    private static Validated<EffectiveTest> Of(
        string name, string? space, JsonObject? spec, TestPolicy? policy, Func<ICollection<Problem>, RunOverrides> overrides, IEnumerable<Problem>? known = null)
    {
        var document = new JsonObject
        {
            ["apiVersion"] = LoadTestResources.ApiVersion,
            ["kind"] = LoadTestResources.LoadTests.Kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = space },
            ["spec"] = spec?.DeepClone(),
        };
        var problems = new List<Problem>(known ?? []);
        var text = Encoding.UTF8.GetBytes(document.ToJsonString());
        var node = SpecJson.Read(text, problems);
        if (node is null)
        {
            return new(null, problems);
        }

        return Of(SpecValidator.Validate(node, overrides(problems), (policy ?? TestPolicy.Standard).For(space)), problems, text.Length);
    }

    private static string Sentence(Problem problem) =>
        (problem.Path.Length == 0 ? problem.Message : $"{problem.Path}: {problem.Message}")
        + (problem.Suggestion is { } meant ? $"; did you mean '{meant}'?" : "");

    private static Validated<EffectiveTest> Of(Validated<ValidLoadTest> validated, List<Problem> problems, long written)
    {
        // Positions in a text that the server made would tell nobody anything.
        problems.AddRange(validated.Problems.Select(p => p with { Position = default }));
        if (validated.Value is not { } valid || problems.Any(p => !p.IsWarning))
        {
            return new(null, problems);
        }

        if (PlanSize.Check(valid.Manifest, written) is { } tooLarge)
        {
            return new(null, [.. problems, tooLarge]);
        }

        var thresholds = ThresholdRules.Compile(valid.Spec, "spec.thresholds", []);
        return new(new EffectiveTest(valid.Manifest, thresholds, PlanSummary.Of(valid.Spec).MaxDuration.ToTimeSpan()), problems);
    }

    private static IEnumerable<string> Keys(Dictionary<string, JsonElement>? fields) => fields is null ? [] : fields.Keys;

    private static RunOverrides Overrides(LoadTestRunSpec run, ICollection<Problem> problems) => new()
    {
        Profile = run.Profile,
        Target = run.Target,
        Variables = run.Variables is null || SpecJson.Read(Encoding.UTF8.GetBytes(run.Variables.ToJsonString()), problems) is not SpecMap map
            ? OrderedMap<SpecNode>.Empty
            : new OrderedMap<SpecNode>(map.Entries.Select(e => KeyValuePair.Create(e.Key, e.Value))),
    };
}
