using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec;

/// <summary>
/// Profiles of a document: named partial specs (smoke, load, stress…) of which a run lays at most one over the spec. A profile that <c>extends</c> another is laid over
/// that one first. How things are laid over each other: <see cref="SpecMerge"/>.
/// </summary>
internal sealed class SpecProfiles
{
    private const string Rule = "profile";

    private readonly SpecMap? _document;
    private readonly SpecMap? _spec;
    private readonly SpecMap? _profiles;

    /// <summary>The profiles of a document; of one that is not even a mapping there are none.</summary>
    public SpecProfiles(SpecNode document)
    {
        _document = document as SpecMap;
        _spec = _document?["spec"] as SpecMap;
        _profiles = _spec?["profiles"] as SpecMap;
    }

    /// <summary>The names, in the order of the document.</summary>
    public IReadOnlyList<string> Names => [.. (_profiles?.Entries ?? []).Select(e => e.Key)];

    /// <summary>Which profile the document itself chooses; null = none.</summary>
    public string? Default => _spec?["profile"] is SpecScalar { Kind: ScalarKind.String, Text.Length: > 0 } name ? name.Text : null;

    /// <summary>
    /// The document with the profile laid over its spec, and without profiles: what a run takes as the whole. Without a profile to apply, or with one that
    /// cannot be applied, the spec as it stands.
    /// </summary>
    /// <param name="name">The profile; null = none.</param>
    /// <param name="problems">Gets why it cannot be applied.</param>
    public SpecNode? Apply(string? name, ICollection<Problem> problems)
    {
        if (_document is null || _spec is null)
        {
            return _document;
        }

        var merged = Without(_spec, "profiles", "profile");
        foreach (var profile in Chain(name, problems))
        {
            merged = SpecMerge.Apply(merged, Without(profile.Patch, "extends")) with { Position = _spec.Position };
        }

        return _document with { Entries = [.. _document.Entries.Select(e => e.Key == "spec" ? e with { Value = merged } : e)] };
    }

    /// <summary>What is wrong with the profiles as such, whichever a run takes.</summary>
    public void Check(ICollection<Problem> problems)
    {
        foreach (var entry in _profiles?.Entries ?? [])
        {
            var path = PathOf(entry.Key);
            if (entry.Value is not SpecMap profile)
            {
                problems.Add(new Problem(path, ProblemRules.Type, "a profile is a mapping: the parts of the spec that it changes"));
                continue;
            }

            foreach (var field in profile.Entries.Where(e => e.Key is "profiles" or "profile"))
            {
                problems.Add(new Problem(SpecPath.Field(path, field.Key), Rule, "profiles do not nest; a profile builds on another one by extends") { Value = field.Key });
            }

            Chain(entry.Key, problems);
        }
    }

    /// <summary>The path of a problem of the spec with a profile applied: within the profile (or one that it extends) where it is of its making.</summary>
    public string Locate(string profile, string path)
    {
        foreach (var (name, patch) in Enumerable.Reverse(Chain(profile, [])))
        {
            if (path.StartsWith("spec", StringComparison.Ordinal) && path.Length > 4 && SpecPath.Find(patch, path[4..]).Exact)
            {
                return PathOf(name) + path[4..];
            }
        }

        return path;
    }

    private static SpecMap Without(SpecMap map, params string[] keys) => map with { Entries = [.. map.Entries.Where(e => !keys.Contains(e.Key, StringComparer.Ordinal))] };

    private static string PathOf(string profile) => SpecPath.Field("spec.profiles", profile);

    /// <summary>The profile and those that it extends, the lowest first; empty, with a problem, when one is missing or the chain comes back to itself.</summary>
    private IReadOnlyList<(string Name, SpecMap Patch)> Chain(string? name, ICollection<Problem> problems)
    {
        var chain = new List<(string Name, SpecMap Patch)>();
        var path = "spec.profile";
        for (var next = name; next is not null;)
        {
            if (_profiles?[next] is not SpecMap patch)
            {
                if (_profiles?[next] is null)
                {
                    problems.Add(new Problem(path, Rule, Names.Count == 0 ? $"there is no profile '{next}': the test has none" : $"there is no profile '{next}'; there are {string.Join(", ", Names)}")
                    {
                        Value = next,
                        Suggestion = Nearest.To(next, Names),
                    });
                }

                return [];
            }

            if (chain.Any(c => c.Name == next))
            {
                problems.Add(new Problem(path, Rule, $"profiles extend each other in a circle: {string.Join(" → ", chain.Select(c => c.Name).Append(next))}") { Value = next });
                return [];
            }

            chain.Add((next, patch));
            path = SpecPath.Field(PathOf(next), "extends");
            switch (patch["extends"])
            {
                case null or SpecScalar { Kind: ScalarKind.Null }:
                    next = null;
                    break;
                case SpecScalar { Kind: ScalarKind.String } parent:
                    next = parent.Text;
                    break;
                default:
                    problems.Add(new Problem(path, ProblemRules.Type, "extends names one profile"));
                    return [];
            }
        }

        chain.Reverse();
        return chain;
    }
}
