using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec;

/// <summary>Applies what a run changes to a spec. Pure: the manifest stays as it is, the result is checked like any other spec.</summary>
public static class SpecOverrides
{
    /// <summary>Rule of what is said about overrides themselves.</summary>
    public const string Rule = "override";

    /// <summary>The effective spec.</summary>
    /// <param name="spec">As written.</param>
    /// <param name="overrides">What the run changes.</param>
    /// <param name="problems">Gets contradictions, and as warnings what was replaced.</param>
    public static LoadTestSpec Apply(LoadTestSpec spec, RunOverrides overrides, ICollection<Problem> problems) => spec with
    {
        Target = overrides.Target ?? spec.Target,
        Env = ApplyEnv(spec.Env, overrides.Env),
        Variables = ApplyVariables(spec.Variables, overrides.Variables),
        Scenarios = ApplyLoad(spec with { Scenarios = TimeScaling.Apply(spec.Scenarios, overrides.TimeScale, problems) }, overrides, problems),
        Runners = spec.Runners with { Replicas = overrides.Runners ?? spec.Runners.Replicas },
    };

    private static IReadOnlyList<EnvVarSpec> ApplyEnv(IReadOnlyList<EnvVarSpec> written, OrderedMap<string> changed) => changed.Count == 0 ? written :
    [
        .. written.Select(v => changed.TryGetValue(v.Name, out var value) ? new EnvVarSpec { Name = v.Name, Value = value, IsSecret = v.IsSecret } : v),
        .. changed.Where(c => written.All(v => v.Name != c.Key)).Select(c => new EnvVarSpec { Name = c.Key, Value = c.Value }),
    ];

    private static OrderedMap<SpecNode> ApplyVariables(OrderedMap<SpecNode> written, OrderedMap<SpecNode> changed) => changed.Count == 0 ? written : new(
    [
        .. written.Select(v => changed.TryGetValue(v.Key, out var value) ? new(v.Key, value) : v),
        .. changed.Where(c => !written.ContainsKey(c.Key)),
    ]);

    /// <summary>As k6 does: VUs, duration and iterations replace all scenarios by one. It runs what they ran, where that is clear.</summary>
    private static OrderedMap<ScenarioSpec> ApplyLoad(LoadTestSpec spec, RunOverrides overrides, ICollection<Problem> problems)
    {
        if (overrides is { Vus: null, Duration: null, Iterations: null })
        {
            return spec.Scenarios;
        }

        var found = new List<Problem>();
        var derived = OptionShortcuts.Derive(
            OptionShortcuts.Merge(
                new LoadOptions { Scenarios = spec.Scenarios },
                new LoadOptions { Vus = overrides.Vus, Duration = overrides.Duration, Iterations = overrides.Iterations }),
            found);
        foreach (var problem in found.Where(p => !p.IsWarning))
        {
            problems.Add(problem);
        }

        if (derived.Count == 0)
        {
            return spec.Scenarios;
        }

        var scenario = derived.Values.Single();
        var given = string.Join(" and ", new[] { ("--vus", overrides.Vus is not null), ("--duration", overrides.Duration is not null), ("--iterations", overrides.Iterations is not null) }
            .Where(o => o.Item2).Select(o => o.Item1));
        var replaced = string.Join(", ", spec.Scenarios.Select(s => $"{s.Key} ({s.Value.Executor})"));
        var work = Work(spec);
        var mixed = work.Mix.Count == 0 || spec.Scenarios.Count < 2 ? "" : $"; it runs their flows in turn ({Describe(work.Mix)}); a flow named '{OptionShortcuts.ScenarioName}' would be run instead";
        problems.Add(new Problem("spec.scenarios", Rule, $"{given} replaced {replaced} by one scenario '{OptionShortcuts.ScenarioName}' ({Describe(scenario)}), as in k6{mixed}") { IsWarning = true });
        return new([new(OptionShortcuts.ScenarioName, scenario with { Exec = work.Exec, Mix = work.Mix, Env = work.Env, Tags = work.Tags, MinIterationDuration = work.MinIterationDuration })]);
    }

    /// <summary>
    /// The work that the replacing scenario takes over. In k6 it is the function <c>default</c>: here, a flow of that name. Without one, what the scenarios ran: where they
    /// ran different things, each has the same share, because a quick look at a test should see all of it.
    /// </summary>
    private static ScenarioSpec Work(LoadTestSpec spec)
    {
        if (spec.Flows.ContainsKey(OptionShortcuts.ScenarioName))
        {
            return new PerVuIterationsScenario { Exec = OptionShortcuts.ScenarioName };
        }

        if (spec.Scenarios.Count == 0)
        {
            return new PerVuIterationsScenario();
        }

        var first = spec.Scenarios.Values.First();
        return spec.Scenarios.Values.All(s => s.Exec == first.Exec && s.Mix.SequenceEqual(first.Mix))
            ? spec.Scenarios.Count == 1 ? first : new PerVuIterationsScenario { Exec = first.Exec, Mix = first.Mix }
            : new PerVuIterationsScenario { Mix = EqualShares(spec) };
    }

    private static MixEntry[] EqualShares(LoadTestSpec spec) =>
    [
        .. spec.Scenarios.Values
            .SelectMany(s => s.Mix.Count == 0
                ? [new MixEntry(s.Exec ?? spec.Flows.Keys.FirstOrDefault() ?? "", 1)]
                : s.Mix.Select(m => m with { Weight = m.Weight / Math.Max(double.Epsilon, s.Mix.Sum(e => e.Weight)) }))
            .GroupBy(m => m.Flow, StringComparer.Ordinal)
            .Select(g => new MixEntry(g.Key, g.Sum(m => m.Weight))),
    ];

    private static string Describe(IReadOnlyList<MixEntry> mix) =>
        string.Join(", ", mix.Select(m => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{m.Flow} {m.Weight / mix.Sum(e => e.Weight):P0}")));

    private static string Describe(ScenarioSpec scenario) => scenario switch
    {
        SharedIterationsScenario s => $"{s.Iterations} iterations shared by {s.Vus} VUs, at most {s.MaxDuration}",
        ConstantVusScenario s => $"{s.Vus} VUs for {s.Duration}",
        _ => scenario.Executor,
    };
}
