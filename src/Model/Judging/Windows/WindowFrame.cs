using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Judging.Windows;

/// <summary>Which part of the load a threshold's window is: a set of spans, from T0.</summary>
internal sealed class WindowFrame
{
    private readonly IReadOnlyList<ScenarioPlan> _scenarios;
    private readonly Duration _warmUp;

    public WindowFrame(LoadTestSpec spec)
    {
        _scenarios = spec.Scenarios.Count == 0 ? [] : Planner.PlanWorker(spec, 0, 1).Scenarios;
        _warmUp = spec.WarmUp;
    }

    /// <summary>The spans of a window in seconds, ascending; empty when it never was: no mark of that name was set.</summary>
    /// <param name="window">The window; null = the whole load.</param>
    /// <param name="selector">Whose samples; its tag <c>scenario</c> says whose ramps <c>steady</c> leaves out.</param>
    /// <param name="marks">The marks so far.</param>
    /// <param name="load">Length of the load so far.</param>
    public IReadOnlyList<(double From, double To)> Of(ThresholdWindow? window, MetricSelector selector, IReadOnlyList<RunMark> marks, Duration load)
    {
        IEnumerable<(double, double)> spans = window switch
        {
            null => [(0, load.Seconds)],
            { Kind: WindowKind.Steady } => Steady(selector, load),
            { Kind: WindowKind.During, Name: { } name } when Find(name) is { } scenario => [(scenario.Spec.StartTime.Seconds, Regular(scenario))],
            { Kind: WindowKind.After, Name: { } name } when Find(name) is { } scenario => [(Regular(scenario), load.Seconds)],
            { Kind: WindowKind.During } => marks.Where(m => m.Name == window.Name).Select(m => (m.From.Seconds, m.End.Seconds)),
            _ => marks.Where(m => m.Name == window.Name).Select(m => m.End.Seconds).DefaultIfEmpty(double.NaN).Max() is var end and not double.NaN ? [(end, load.Seconds)] : [],
        };
        return [.. spans.Select(s => (s.Item1, Math.Min(s.Item2, load.Seconds))).Where(s => s.Item2 >= s.Item1).OrderBy(s => s.Item1)];
    }

    private ScenarioPlan? Find(string name) => _scenarios.FirstOrDefault(s => s.Name == name);

    private static double Regular(ScenarioPlan scenario) => (scenario.Spec.StartTime + scenario.RegularDuration).Seconds;

    /// <summary>Where a scenario runs and none is on a ramp, from the end of the warm-up on.</summary>
    private List<(double From, double To)> Steady(MetricSelector selector, Duration load)
    {
        var looked = selector.TryGetTag("scenario", out var name) ? _scenarios.Where(s => s.Name == name) : _scenarios;
        var ramps = new List<(double From, double To)>();
        var levels = new List<(double From, double To)>();
        foreach (var scenario in looked)
        {
            foreach (var (from, to, isRamp) in Pieces(scenario))
            {
                (isRamp ? ramps : levels).Add((from, to));
            }
        }

        // Between two edges nothing changes, so the middle speaks for all of it.
        var edges = ramps.Concat(levels).SelectMany(s => new[] { s.From, s.To }).Append(_warmUp.Seconds).Append(load.Seconds).Where(e => e >= _warmUp.Seconds && e <= load.Seconds).Distinct().Order().ToList();
        var steady = new List<(double From, double To)>();
        for (var i = 0; i + 1 < edges.Count; i++)
        {
            var middle = (edges[i] + edges[i + 1]) / 2;
            if (!levels.Any(Holds) || ramps.Any(Holds))
            {
                continue;
            }

            if (steady.Count > 0 && steady[^1].To == edges[i])
            {
                steady[^1] = (steady[^1].From, edges[i + 1]);
            }
            else
            {
                steady.Add((edges[i], edges[i + 1]));
            }

            bool Holds((double From, double To) span) => span.From <= middle && middle < span.To;
        }

        return steady;
    }

    private static IEnumerable<(double From, double To, bool IsRamp)> Pieces(ScenarioPlan scenario)
    {
        var start = scenario.Spec.StartTime.Seconds;
        var (stages, level) = scenario.Spec switch
        {
            RampingVusScenario ramping => (ramping.Stages, ramping.StartVUs),
            RampingArrivalRateScenario ramping => (ramping.Stages, ramping.StartRate),
            _ => ([], 0L),
        };
        if (scenario.Spec is not (RampingVusScenario or RampingArrivalRateScenario))
        {
            yield return (start, Regular(scenario), false);
        }

        foreach (var stage in stages)
        {
            var end = start + stage.Duration.Seconds;
            if (end > start && (stage.Target != level || level > 0))
            {
                yield return (start, end, stage.Target != level);
            }

            (start, level) = (end, stage.Target);
        }
    }
}
