using System.Globalization;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>How steps are put together: flows that call flows, depth, and how much it all is when every call is written out.</summary>
internal static class CompositionRules
{
    /// <summary>How many steps a step may stand inside of, within one flow. Deeper is a sign that a flow should be split and called.</summary>
    public const int MostNesting = 8;

    /// <summary>Most steps of a list with all flows that it calls written out.</summary>
    public const int MostSteps = 10_000;

    /// <summary>How many flows may call each other in a row.</summary>
    public const int MostCalls = 32;

    private const string Rule = "call";

    public static void Check(LoadTestSpec spec, ProblemList problems)
    {
        foreach (var place in StepTree.All(spec, problems.Path))
        {
            var list = problems with { Path = place.Path };
            // The level above was within the limit: only the first step beyond it is named, not everything inside of it.
            if (place.Depth == MostNesting + 1)
            {
                list.Add("nesting", $"steps nest at most {MostNesting} deep; make what is inside a flow of its own and call it");
            }

            if (place.Step is CallStep call)
            {
                FlowRules.CheckFlow(call.Flow, spec, list.Field("call"));
            }
        }

        var calls = spec.Flows.ToDictionary(f => f.Key, f => Calls(f.Value, SpecPath.Field(problems.Field("flows").Path, f.Key)), StringComparer.Ordinal);
        if (!IsEndless(calls, problems))
        {
            CheckSize(spec, problems);
        }
    }

    private static List<(string Flow, string Path)> Calls(IReadOnlyList<StepSpec> steps, string path) =>
        [.. StepTree.Of(steps, path, 0).Where(p => p.Step is CallStep).Select(p => (((CallStep)p.Step).Flow, $"{p.Path}.call"))];

    /// <summary>Reports the call that closes each circle, and chains that are too long; true when there is one.</summary>
    private static bool IsEndless(Dictionary<string, List<(string Flow, string Path)>> calls, ProblemList problems)
    {
        var (found, depths, way) = (false, new Dictionary<string, int>(StringComparer.Ordinal), new List<string>());
        foreach (var flow in calls.Keys)
        {
            Depth(flow);
        }

        return found;

        // How many flows a flow and those that it calls are, one below the other.
        int Depth(string flow)
        {
            if (depths.TryGetValue(flow, out var known) || !calls.TryGetValue(flow, out var called))
            {
                return known;
            }

            way.Add(flow);
            var deepest = 0;
            foreach (var (next, path) in called)
            {
                var at = way.IndexOf(next);
                var below = at >= 0 || way.Count > MostCalls ? 0 : Depth(next);
                deepest = Math.Max(deepest, below);
                if (at >= 0)
                {
                    Report(path, next, $"the flow would call itself without end: {string.Join(" → ", way.Skip(at))} → {next}");
                }
                else if (way.Count > MostCalls || below == MostCalls)
                {
                    Report(path, next, $"flows call each other at most {MostCalls} deep");
                }
            }

            way.RemoveAt(way.Count - 1);
            return depths[flow] = deepest + 1;
        }

        void Report(string path, string flow, string message)
        {
            found = true;
            (problems with { Path = path }).Add(Rule, message, flow);
        }
    }

    private static void CheckSize(LoadTestSpec spec, ProblemList problems)
    {
        var sizes = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var flow in spec.Flows.Keys)
        {
            Report(FlowSize(flow), problems.Field("flows").Field(flow));
        }

        Report(Size(spec.Setup), problems.Field("setup"));
        Report(Size(spec.Teardown), problems.Field("teardown"));
        Report(Size(spec.Verify), problems.Field("verify"));

        long FlowSize(string flow)
        {
            if (!sizes.TryGetValue(flow, out var size))
            {
                sizes[flow] = size = spec.Flows.TryGetValue(flow, out var steps) ? Size(steps) : 0;
            }

            return size;
        }

        // Bounded, so that doubling from flow to flow cannot overflow.
        long Size(IReadOnlyList<StepSpec> steps) =>
            StepTree.Of(steps, "", 0).Aggregate(0L, (sum, p) => Math.Min(MostSteps + 1L, sum + 1 + (p.Step is CallStep call ? FlowSize(call.Flow) : 0)));

        static void Report(long size, ProblemList list)
        {
            if (size > MostSteps)
            {
                list.Add(ProblemRules.Range, $"with the flows that it calls written out this is more than {MostSteps.ToString(CultureInfo.InvariantCulture)} steps; use repeat instead of calling one flow many times");
            }
        }
    }
}
