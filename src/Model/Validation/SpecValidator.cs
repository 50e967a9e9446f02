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
        JobRules.Check, MetricRules.Check, ThresholdChecks.Check, TagRules.Check, RunnerRules.Check, ValidityRules.Check, ExpressionRules.Check,
    ];

    /// <summary>Reads and checks a document.</summary>
    public static Validated<ValidLoadTest> Validate(SpecNode document) => Validate(document, static (manifest, _) => manifest);

    /// <summary>
    /// Reads a document, changes what it says and checks the result: what a change mends is no problem, what it breaks is one. The result is the spec with a profile laid
    /// over it; the other profiles are checked too, and problems that only they have name them.
    /// </summary>
    /// <param name="document">The document.</param>
    /// <param name="change">Applies a run's overrides; gets the manifest as far as it could be read, and may add problems of its own.</param>
    /// <param name="profile">The run's profile; null = the document's own choice, empty = none.</param>
    public static Validated<ValidLoadTest> Validate(SpecNode document, Func<LoadTestManifest, ICollection<Problem>, LoadTestManifest> change, string? profile = null)
    {
        var profiles = new SpecProfiles(document);
        var chosen = profile is null ? profiles.Default : profile.Length == 0 ? null : profile;
        var problems = new List<Problem>();
        profiles.Check(problems);
        var result = Check(profiles, chosen, document, change, problems);
        var known = result.Problems.Select(p => (p.Path, p.Rule, p.Message)).ToHashSet();
        var others = new List<Problem>();
        foreach (var name in profiles.Names.Where(n => n != chosen))
        {
            var found = Check(profiles, name, document, (manifest, _) => change(manifest, []), []).Problems.Where(p => !p.IsWarning && known.Add((p.Path, p.Rule, p.Message)));
            others.AddRange(found.Select(p => p with { Path = profiles.Locate(name, p.Path), Message = $"profile '{name}': {p.Message}" }));
        }

        return others.Count == 0 ? result : new(null, [.. result.Problems, .. others]);
    }

    /// <summary>Checks a manifest that is no text: after overrides, or made by a program.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="document">What it was read from, so that problems have places; null when there is none.</param>
    public static Validated<ValidLoadTest> Validate(LoadTestManifest manifest, SpecNode? document = null) =>
        manifest.Spec.Profiles.Count > 0 || manifest.Spec.Profile is not null ? Validate(ManifestNodes.Of(manifest)) : Finish(manifest, [], document);

    private static Validated<ValidLoadTest> Check(
        SpecProfiles profiles, string? name, SpecNode document, Func<LoadTestManifest, ICollection<Problem>, LoadTestManifest> change, List<Problem> problems)
    {
        var effective = profiles.Apply(name, problems) ?? document;
        return Finish(change(SpecParser.Parse(effective, problems), problems), problems, effective, name);
    }

    private static Validated<ValidLoadTest> Finish(LoadTestManifest manifest, List<Problem> form, SpecNode? document, string? profile = null)
    {
        var deep = new List<Problem>();
        NameRules.CheckMetadata(manifest, new ProblemList("metadata", deep));
        foreach (var rule in Rules)
        {
            rule(manifest.Spec, new ProblemList("spec", deep));
        }

        // What could not be read stands in the manifest as a harmless value: nothing more can be said about it.
        var unread = form.Where(p => !p.IsWarning).Select(p => p.Path).ToHashSet(StringComparer.Ordinal);
        List<Problem> all = [.. form, .. deep.Where(p => !IsWithin(p.Path, unread))];
        if (document is not null)
        {
            all = [.. all.Select(p => p.Position.Line > 0 ? p : p with { Position = ProblemPlace.Of(p, document) })];
        }

        return new(all.Any(p => !p.IsWarning) ? null : new ValidLoadTest(manifest, profile), all.Distinct().ToArray());
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
