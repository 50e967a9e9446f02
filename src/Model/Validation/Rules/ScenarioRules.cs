using System.Globalization;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>k6's rules for scenarios (k6-semantics 1.1, 1.2), and that an open model has at least one VU.</summary>
public static class ScenarioRules
{
    /// <summary>The largest VU count of a ramp that k6 takes.</summary>
    private const long MostVUs = 100_000_000;

    /// <summary>More iterations, or iterations per time unit, than any run can start; keeps sums within 64 bits.</summary>
    private const long MostIterations = 1_000_000_000_000;

    private static readonly Duration ShortestDuration = Duration.FromSeconds(1);

    /// <summary>Checks scenarios on their own, e.g. those of a k6 script.</summary>
    /// <param name="scenarios">By name.</param>
    /// <param name="path">Field path of the map.</param>
    /// <param name="problems">Gets everything that is wrong.</param>
    public static void Check(OrderedMap<ScenarioSpec> scenarios, string path, ICollection<Problem> problems)
    {
        foreach (var (name, scenario) in scenarios)
        {
            CheckOne(name, scenario, new ProblemList(path, problems).Field(name));
        }
    }

    internal static void Check(LoadTestSpec spec, ProblemList problems)
    {
        var list = problems.Field("scenarios");
        if (spec.Scenarios.Count == 0)
        {
            list.Add(ProblemRules.Required, "a load test needs at least one scenario");
        }

        NotNegative(spec.MinIterationDuration, problems.Field("minIterationDuration"));
        Check(spec.Scenarios, list.Path, problems.All);
    }

    private static void CheckOne(string name, ScenarioSpec scenario, ProblemList problems)
    {
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
        {
            problems.Add(ProblemRules.Name, "a scenario's name consists of letters, digits, '_' and '-'", name);
        }

        NotNegative(scenario.StartTime, problems.Field("startTime"));
        NotNegative(scenario.GracefulStop, problems.Field("gracefulStop"));
        NotNegative(scenario.MinIterationDuration ?? Duration.Zero, problems.Field("minIterationDuration"));
        switch (scenario)
        {
            case SharedIterationsScenario s:
                if ((Positive(s.Vus, problems.Field("vus"), MostVUs) & Positive(s.Iterations, problems.Field("iterations"), MostIterations)) && s.Iterations < s.Vus)
                {
                    problems.Field("iterations").Add(ProblemRules.Range, $"there must be at least as many iterations as VUs ({s.Vus}): they share them", Text(s.Iterations));
                }

                LongEnough(s.MaxDuration, problems.Field("maxDuration"));
                break;
            case PerVuIterationsScenario s:
                Positive(s.Vus, problems.Field("vus"), MostVUs);
                Positive(s.Iterations, problems.Field("iterations"), MostIterations);
                LongEnough(s.MaxDuration, problems.Field("maxDuration"));
                break;
            case ConstantVusScenario s:
                Positive(s.Vus, problems.Field("vus"), MostVUs);
                LongEnough(s.Duration, problems.Field("duration"));
                break;
            case RampingVusScenario s:
                CheckRamp(s, problems);
                break;
            case ConstantArrivalRateScenario s:
                Positive(s.Rate, problems.Field("rate"), MostIterations);
                LongEnough(s.Duration, problems.Field("duration"));
                CheckOpenModel(s.TimeUnit, s.PreAllocatedVUs, s.MaxVUs, problems);
                break;
            case RampingArrivalRateScenario s:
                NotNegative(s.StartRate, problems.Field("startRate"), MostIterations);
                CheckStages(s.Stages, problems.Field("stages"), MostIterations);
                CheckOpenModel(s.TimeUnit, s.PreAllocatedVUs, s.MaxVUs, problems);
                break;
        }

        CheckTotal(scenario, problems);
    }

    private static void CheckRamp(RampingVusScenario s, ProblemList problems)
    {
        NotNegative(s.StartVUs, problems.Field("startVUs"), MostVUs);
        NotNegative(s.GracefulRampDown, problems.Field("gracefulRampDown"));
        CheckStages(s.Stages, problems.Field("stages"), MostVUs);
        if (s.Stages.Count > 0 && s.StartVUs == 0 && s.Stages.All(t => t.Target == 0))
        {
            problems.Field("stages").Add(ProblemRules.Range, "the ramp never has a VU: startVUs or a stage's target must be above 0");
        }
    }

    private static void CheckStages(IReadOnlyList<Stage> stages, ProblemList problems, long most)
    {
        if (stages.Count == 0)
        {
            problems.Add(ProblemRules.Required, "a ramp needs at least one stage: {duration, target}");
        }

        for (var i = 0; i < stages.Count; i++)
        {
            NotNegative(stages[i].Duration, problems.Item(i).Field("duration"));
            NotNegative(stages[i].Target, problems.Item(i).Field("target"), most);
        }
    }

    private static void CheckOpenModel(Duration timeUnit, long preAllocated, long most, ProblemList problems)
    {
        if (timeUnit <= Duration.Zero)
        {
            problems.Field("timeUnit").Add(ProblemRules.Range, "timeUnit must be above 0", timeUnit.ToString());
        }

        if (NotNegative(preAllocated, problems.Field("preAllocatedVUs"), MostVUs) && most < preAllocated)
        {
            problems.Field("maxVUs").Add(ProblemRules.Range, $"maxVUs must be at least preAllocatedVUs ({preAllocated})", Text(most));
        }
        else if (preAllocated == 0 && most == 0)
        {
            problems.Field("preAllocatedVUs").Add(ProblemRules.Range, "with preAllocatedVUs and maxVUs both 0 there is nobody to run an iteration", "0");
        }
        else
        {
            NotNegative(most, problems.Field("maxVUs"), MostVUs);
        }
    }

    /// <summary>Instants are 64-bit nanoseconds: a scenario must end before they do.</summary>
    private static void CheckTotal(ScenarioSpec scenario, ProblemList problems)
    {
        var lengths = scenario switch
        {
            SharedIterationsScenario s => [s.MaxDuration],
            PerVuIterationsScenario s => [s.MaxDuration],
            ConstantVusScenario s => [s.Duration],
            ConstantArrivalRateScenario s => [s.Duration],
            RampingVusScenario s => [.. s.Stages.Select(t => t.Duration), s.GracefulRampDown],
            RampingArrivalRateScenario s => s.Stages.Select(t => t.Duration),
            _ => Enumerable.Empty<Duration>(),
        };
        var total = lengths.Append(scenario.StartTime).Append(scenario.GracefulStop).Aggregate(Int128.Zero, (sum, d) => sum + Math.Max(0, d.Nanoseconds));
        if (total > long.MaxValue / 4)
        {
            problems.Add(ProblemRules.Range, "the scenario would last more than 73 years");
        }
    }

    private static bool Positive(long value, ProblemList problems, long most)
    {
        if (value > 0 && value <= most)
        {
            return true;
        }

        problems.Add(ProblemRules.Range, value <= 0 ? "the value must be above 0" : $"the value must be at most {most}", Text(value));
        return false;
    }

    private static bool NotNegative(long value, ProblemList problems, long most)
    {
        if (value >= 0 && value <= most)
        {
            return true;
        }

        problems.Add(ProblemRules.Range, value < 0 ? "the value cannot be negative" : $"the value must be at most {most}", Text(value));
        return false;
    }

    private static void NotNegative(Duration value, ProblemList problems)
    {
        if (value < Duration.Zero)
        {
            problems.Add(ProblemRules.Range, "the duration cannot be negative", value.ToString());
        }
    }

    private static void LongEnough(Duration value, ProblemList problems)
    {
        if (value < ShortestDuration)
        {
            problems.Add(ProblemRules.Range, "the duration must be at least 1s", value.ToString());
        }
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
