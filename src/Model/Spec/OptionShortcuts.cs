using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec;

/// <summary>
/// k6's short forms: <c>vus</c>, <c>duration</c>, <c>iterations</c> and <c>stages</c> instead of scenarios (k6-semantics 1.3). They become one scenario
/// named <c>default</c>.
/// </summary>
public static class OptionShortcuts
{
    /// <summary>The scenario's name.</summary>
    public const string ScenarioName = "default";

    private const string Rule = "load-options";

    /// <summary>
    /// Lays layers over each other. One that gives a duration, iterations, stages or scenarios wipes all four of the layers below; VUs and tags go through one by one.
    /// </summary>
    /// <param name="layers">From the lowest (defaults) to the highest (command line).</param>
    public static LoadOptions Merge(params ReadOnlySpan<LoadOptions> layers)
    {
        var merged = new LoadOptions();
        foreach (var layer in layers)
        {
            merged = (layer.ShapesLoad ? layer : merged) with
            {
                Vus = layer.Vus ?? merged.Vus,
                Tags = layer.Tags ?? merged.Tags,
                ReplacesScenarios = layer.Scenarios is null && (merged.ReplacesScenarios || (layer.ShapesLoad && merged.Scenarios is { Count: > 0 })),
            };
        }

        return merged;
    }

    /// <summary>
    /// The scenarios that options amount to: those given, or the one that the short forms make, or, with nothing given, one VU with one iteration.
    /// </summary>
    /// <param name="options">Merged.</param>
    /// <param name="problems">
    /// Gets contradictions (rule <c>load-options</c>), and warnings where something given has no effect. What a scenario must fulfil is checked where
    /// scenarios are.
    /// </param>
    public static OrderedMap<ScenarioSpec> Derive(LoadOptions options, ICollection<Problem> problems)
    {
        var hasStages = options.Stages is { Count: > 0 };
        if (hasStages && (options.Duration is not null || options.Iterations is not null))
        {
            Add("stages", $"stages and {(options.Duration is not null ? "duration" : "iterations")} contradict each other: give one of them");
            return OrderedMap<ScenarioSpec>.Empty;
        }

        if (options is { Duration: { } duration, Iterations: null } && duration <= Duration.Zero)
        {
            Add("duration", "the duration must be above 0", duration.ToString());
            return OrderedMap<ScenarioSpec>.Empty;
        }

        if (Scenario(options) is { } scenario)
        {
            if (options.ReplacesScenarios || options.Scenarios is { Count: > 0 })
            {
                Add("scenarios", "vus, duration, iterations and stages replace the scenarios", warning: true);
            }

            return new([new(ScenarioName, scenario)]);
        }

        if (options.Scenarios is { Count: > 0 } scenarios)
        {
            return scenarios;
        }

        if (options.Stages is not null || options.Scenarios is not null)
        {
            Add(options.Stages is not null ? "stages" : "scenarios", "given, but empty: one VU runs one iteration", warning: true);
        }

        return new([new(ScenarioName, new PerVuIterationsScenario())]);

        void Add(string path, string message, string? value = null, bool warning = false) =>
            problems.Add(new Problem(path, Rule, message) { Value = value, IsWarning = warning });
    }

    private static ScenarioSpec? Scenario(LoadOptions options) => options switch
    {
        { Iterations: { } iterations } => new SharedIterationsScenario
        {
            Vus = options.Vus ?? 1,
            Iterations = iterations,
            MaxDuration = options.Duration ?? new SharedIterationsScenario().MaxDuration,
        },
        { Duration: { } duration } => new ConstantVusScenario { Vus = options.Vus ?? 1, Duration = duration },
        { Stages: { Count: > 0 } stages } => new RampingVusScenario { StartVUs = options.Vus ?? 1, Stages = stages },
        // VUs alone are as many iterations; stages that are explicitly none mean none.
        { Vus: { } vus, Stages: null } => new SharedIterationsScenario { Vus = vus, Iterations = vus },
        _ => null,
    };
}
