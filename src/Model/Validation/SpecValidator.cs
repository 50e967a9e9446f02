using LoadTesting.Model.Spec;
using LoadTesting.Model.Spec.Parsing;
using LoadTesting.Model.Validation.Rules;

namespace LoadTesting.Model.Validation;

/// <summary>
/// Checks whole manifests and collects everything that is wrong: form first (<see cref="SpecParser"/>), then what it says. The same for the CLI, for admission
/// and for the status. No input makes it throw.
/// </summary>
public static class SpecValidator
{
    private static readonly Action<LoadTestSpec, ProblemList>[] Rules =
    [
        TargetRules.Check, EnvRules.Check, DataRules.Check, HttpRules.Check, NetworkRules.Check, ReadyRules.Check, ObserveRules.Check, ScenarioRules.Check, FlowRules.Check, CompositionRules.Check, StepRules.Check,
        JobRules.Check, MetricRules.Check, ThresholdChecks.Check, TagRules.Check, RunnerRules.Check, DeadlineRules.Check, ValidityRules.Check, ExpressionRules.Check,
    ];

    /// <summary>
    /// Most values (texts, numbers, lists and mappings) that are checked of one document, each counted once for every profile that it is checked with. A
    /// manifest of 300 kB with 500 profiles would otherwise take minutes of a processor that all tests share.
    /// </summary>
    public const int MostChecked = 2_000_000;

    /// <summary>
    /// Reads a document, lays the run's profile and overrides over it and checks the result: what an override mends is no problem, what it breaks is one.
    /// Expressions in load numbers are evaluated first (<see cref="LoadExpressions"/>). The other profiles are checked too, and problems that only they have
    /// name them.
    /// </summary>
    /// <param name="document">The document.</param>
    /// <param name="overrides">What the run changes; null = nothing. Its profile: null = the document's own choice, empty = none.</param>
    /// <param name="policy">
    /// Rules of the place where the test is to run, which the format does not know: they see the effective spec, with the chosen profile and with each of the others. Null = none.
    /// </param>
    public static Validated<ValidLoadTest> Validate(SpecNode document, RunOverrides? overrides = null, Func<LoadTestSpec, IEnumerable<Problem>>? policy = null)
    {
        overrides ??= new RunOverrides();
        var profiles = new SpecProfiles(document);
        var chosen = overrides.Profile is null ? profiles.Default : overrides.Profile.Length == 0 ? null : overrides.Profile;
        var (values, specs) = (Count(document), 1 + profiles.Names.Count(n => n != chosen));
        if (specs > 1 && values * specs > MostChecked)
        {
            return new(null, [new Problem(
                "spec.profiles", ProblemRules.Range, $"{specs - 1} profiles of a test of {values} values are more than is checked: at most {MostChecked / values} here; make tests of their own of some")]);
        }

        var problems = new List<Problem>();
        profiles.Check(problems);
        var result = Check(profiles, chosen, document, overrides, policy, problems, problems);
        var known = result.Problems.Select(p => (p.Path, p.Rule, p.Message)).ToHashSet();
        var others = new List<Problem>();
        foreach (var name in profiles.Names.Where(n => n != chosen))
        {
            // What the overrides themselves are worth was said for the chosen one.
            var found = Check(profiles, name, document, overrides, policy, [], []).Problems.Where(p => !p.IsWarning && known.Add((p.Path, p.Rule, p.Message)));
            others.AddRange(found.Select(p => p with { Path = profiles.Locate(name, p.Path), Message = $"profile '{name}': {p.Message}" }));
        }

        return others.Count == 0 ? result : new(null, [.. result.Problems, .. others]);
    }

    /// <summary>Checks a manifest that is no text: after overrides, or made by a program. Its load numbers are plain.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="document">What it was read from, so that problems have places; null when there is none.</param>
    public static Validated<ValidLoadTest> Validate(LoadTestManifest manifest, SpecNode? document = null) =>
        manifest.Spec.Profiles.Count > 0 || manifest.Spec.Profile is not null ? Validate(ManifestNodes.Of(manifest)) : Finish(manifest, [], document, [], null, null);

    private static Validated<ValidLoadTest> Check(
        SpecProfiles profiles,
        string? name,
        SpecNode document,
        RunOverrides overrides,
        Func<LoadTestSpec, IEnumerable<Problem>>? policy,
        List<Problem> problems,
        ICollection<Problem> overriding)
    {
        var effective = profiles.Apply(name, problems) ?? document;
        var evaluated = LoadExpressions.Evaluate(effective, overrides, problems);
        var manifest = SpecParser.Parse(evaluated.Document, problems);
        return Finish(manifest with { Spec = SpecOverrides.Apply(manifest.Spec, overrides, overriding) }, problems, effective, evaluated.Values, name, policy);
    }

    private static Validated<ValidLoadTest> Finish(
        LoadTestManifest manifest, List<Problem> form, SpecNode? document, IReadOnlyList<EvaluatedValue> evaluated, string? profile, Func<LoadTestSpec, IEnumerable<Problem>>? policy)
    {
        var deep = new List<Problem>();
        NameRules.CheckMetadata(manifest, new ProblemList("metadata", deep));
        foreach (var rule in Rules)
        {
            rule(manifest.Spec, new ProblemList("spec", deep));
        }

        deep.AddRange(policy?.Invoke(manifest.Spec) ?? []);

        // What could not be read stands in the manifest as a harmless value: nothing more can be said about it.
        var unread = form.Where(p => !p.IsWarning).Select(p => p.Path).ToHashSet(StringComparer.Ordinal);
        List<Problem> all = [.. form, .. deep.Where(p => !IsWithin(p.Path, unread))];
        if (evaluated.Count > 0)
        {
            var origins = evaluated.ToDictionary(e => e.Path, e => e.Expression, StringComparer.Ordinal);
            all = [.. all.Select(p => origins.TryGetValue(p.Path, out var origin) && p.Value != origin ? p with { Message = $"{p.Message}; it comes from {origin}" } : p)];
        }

        if (document is not null)
        {
            all = [.. all.Select(p => p.Position.Line > 0 ? p : p with { Position = ProblemPlace.Of(p, document) })];
        }

        return new(all.Any(p => !p.IsWarning) ? null : new ValidLoadTest(manifest, profile) { Evaluated = evaluated, Document = document }, all.Distinct().ToArray());
    }

    private static long Count(SpecNode document)
    {
        var (count, open) = (0L, new Stack<SpecNode>([document]));
        while (open.TryPop(out var node))
        {
            count++;
            foreach (var child in node switch { SpecMap map => map.Entries.Select(e => e.Value), SpecList list => list.Items, _ => [] })
            {
                open.Push(child);
            }
        }

        return count;
    }

    private static bool IsWithin(string path, HashSet<string> unread)
    {
        if (unread.Count == 0)
        {
            return false;
        }

        for (var length = path.Length; length >= 0; length--)
        {
            if ((length == 0 || length == path.Length || path[length] is '.' or '[') && unread.Contains(path[..length]))
            {
                return true;
            }
        }

        return false;
    }
}
