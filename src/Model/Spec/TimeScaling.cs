using System.Globalization;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec;

/// <summary>Makes scenarios shorter (or longer) and keeps their shape: rates, VU counts, iterations and graceful times stay as they are.</summary>
internal static class TimeScaling
{
    private const string Rule = "override";

    // What validation asks of a scenario's duration.
    private static readonly Duration Shortest = Duration.FromSeconds(1);

    /// <summary>The scenarios with their start times, durations and stages times the factor.</summary>
    /// <param name="scenarios">As written.</param>
    /// <param name="factor">Null = as they are.</param>
    /// <param name="problems">Gets a factor that is none, and as a warning that times were changed.</param>
    public static OrderedMap<ScenarioSpec> Apply(OrderedMap<ScenarioSpec> scenarios, double? factor, ICollection<Problem> problems)
    {
        if (factor is not { } scale)
        {
            return scenarios;
        }

        var text = scale.ToString(CultureInfo.InvariantCulture);
        if (!(scale > 0 && scale <= 1000))
        {
            problems.Add(new Problem("spec.scenarios", Rule, "--time-scale is a factor above 0, e.g. 0.1") { Value = text });
            return scenarios;
        }

        problems.Add(new Problem("spec.scenarios", Rule, $"--time-scale made the scenarios' times {text} of what is written; rates, VUs and iterations stay") { IsWarning = true });
        return new(scenarios.Select(s => KeyValuePair.Create(s.Key, Scaled(s.Value, scale))));
    }

    private static ScenarioSpec Scaled(ScenarioSpec scenario, double scale) => (scenario switch
    {
        SharedIterationsScenario s => s with { MaxDuration = AtLeast(s.MaxDuration, scale) },
        PerVuIterationsScenario s => s with { MaxDuration = AtLeast(s.MaxDuration, scale) },
        ConstantVusScenario s => s with { Duration = AtLeast(s.Duration, scale) },
        ConstantArrivalRateScenario s => s with { Duration = AtLeast(s.Duration, scale) },
        RampingVusScenario s => s with { Stages = Scaled(s.Stages, scale) },
        RampingArrivalRateScenario s => (ScenarioSpec)(s with { Stages = Scaled(s.Stages, scale) }),
        _ => scenario,
    }) with
    { StartTime = Times(scenario.StartTime, scale) };

    private static IReadOnlyList<Stage> Scaled(IReadOnlyList<Stage> stages, double scale) => [.. stages.Select(s => s with { Duration = Times(s.Duration, scale) })];

    // A time that is too short as written stays: then it is the author's problem, not the scale's.
    private static Duration AtLeast(Duration duration, double scale) => duration < Shortest || Times(duration, scale) is var scaled && scaled >= Shortest ? Times(duration, scale) : Shortest;

    private static Duration Times(Duration duration, double scale) => new((long)Math.Clamp(duration.Nanoseconds * scale, long.MinValue / 4, long.MaxValue / 4));
}
