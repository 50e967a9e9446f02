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
        TargetRules.Check, EnvRules.Check, HttpRules.Check, NetworkRules.Check, ScenarioRules.Check, FlowRules.Check, CompositionRules.Check, StepRules.Check,
        MetricRules.Check, ThresholdChecks.Check, TagRules.Check, RunnerRules.Check, ValidityRules.Check, ExpressionRules.Check,
    ];

    /// <summary>Reads and checks a document.</summary>
    public static Validated<ValidLoadTest> Validate(SpecNode document) => Validate(document, static (manifest, _) => manifest);

    /// <summary>Reads a document, changes what it says and checks the result: what a change mends is no problem, what it breaks is one.</summary>
    /// <param name="document">The document.</param>
    /// <param name="change">Applies a run's overrides; gets the manifest as far as it could be read, and may add problems of its own.</param>
    public static Validated<ValidLoadTest> Validate(SpecNode document, Func<LoadTestManifest, ICollection<Problem>, LoadTestManifest> change)
    {
        var problems = new List<Problem>();
        var manifest = change(SpecParser.Parse(document, problems), problems);
        return Finish(manifest, problems, document);
    }

    /// <summary>Checks a manifest that is no text: after overrides, or made by a program.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="document">What it was read from, so that problems have places; null when there is none.</param>
    public static Validated<ValidLoadTest> Validate(LoadTestManifest manifest, SpecNode? document = null) => Finish(manifest, [], document);

    private static Validated<ValidLoadTest> Finish(LoadTestManifest manifest, List<Problem> form, SpecNode? document)
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

        return new(all.Any(p => !p.IsWarning) ? null : new ValidLoadTest(manifest), all);
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
