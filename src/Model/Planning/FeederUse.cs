using System.Text.RegularExpressions;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Planning;

/// <summary>
/// Which scenarios read which feeders. Goes by the text of everything in a flow, whatever kind of step it stands in: a scenario that only seems to read a feeder
/// costs rows, one that was missed would get rows of others.
/// </summary>
internal static class FeederUse
{
    private static readonly Regex DataRead = new(@"\bdata\s*[.\[]", RegexOptions.NonBacktracking);
    private static readonly Regex ComputedRead = new(@"\bdata\s*\[\s*[^'""\s]", RegexOptions.NonBacktracking);

    /// <summary>The scenarios that may read the feeder, in the order of the manifest.</summary>
    public static IReadOnlyList<string> Readers(LoadTestSpec spec, string feeder)
    {
        if (spec.Http.Headers.Values.Any(text => Mentions(text, feeder)))
        {
            return [.. spec.Scenarios.Keys];
        }

        var flows = spec.Flows.ToDictionary(f => f.Key, f => f.Value.SelectMany(s => Texts(StepNodes.Of(s))).ToArray(), StringComparer.Ordinal);
        return [.. spec.Scenarios.Where(s => Reads(Roots(spec, s.Value), flows, feeder)).Select(s => s.Key)];
    }

    private static IEnumerable<string> Roots(LoadTestSpec spec, ScenarioSpec scenario) =>
        scenario.Mix.Count > 0 ? scenario.Mix.Select(m => m.Flow) : [scenario.Exec ?? spec.Flows.Keys.FirstOrDefault() ?? ""];

    private static bool Reads(IEnumerable<string> roots, Dictionary<string, string[]> flows, string feeder)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(roots);
        while (open.TryPop(out var name))
        {
            if (!seen.Add(name) || !flows.TryGetValue(name, out var texts))
            {
                continue;
            }

            if (texts.Any(t => Mentions(t, feeder)))
            {
                return true;
            }

            // A text that is a flow's name may be a call of it.
            foreach (var called in texts.Where(flows.ContainsKey))
            {
                open.Push(called);
            }
        }

        return false;
    }

    /// <summary>Whether an expression in the text may read the feeder: by name, or <c>data</c> by a computed key.</summary>
    private static bool Mentions(string text, string feeder) =>
        DataRead.IsMatch(text) && (text.Contains(feeder, StringComparison.Ordinal) || ComputedRead.IsMatch(text));

    private static IEnumerable<string> Texts(SpecNode node) => node switch
    {
        SpecMap map => map.Entries.SelectMany(e => Texts(e.Value)),
        SpecList list => list.Items.SelectMany(Texts),
        SpecScalar scalar => [scalar.Text],
        _ => [],
    };
}
