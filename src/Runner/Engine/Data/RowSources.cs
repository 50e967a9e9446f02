using LoadTesting.Expressions;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;

namespace LoadTesting.Runner.Engine.Data;

/// <summary>The feeders of a test as one scenario sees them: a row of each per iteration. Parts that run once see all rows of each, as lists.</summary>
internal sealed class RowSources
{
    /// <summary>No feeders.</summary>
    public static readonly RowSources None = new([], []);

    private readonly RowSource[] _sources;
    private readonly RowSource[] _bounded;
    private readonly KeyValuePair<string, CelValue>[] _lists;

    private RowSources(RowSource[] sources, KeyValuePair<string, CelValue>[] lists)
    {
        (_sources, _lists) = (sources, lists);
        _bounded = [.. sources.Where(s => s.IsBounded)];
        Names = [.. sources.Select(s => CelValue.Of(s.Name)), .. lists.Select(l => CelValue.Of(l.Key))];
        Weight = 1 + lists.Sum(l => 1 + l.Value.Weight);
    }

    /// <summary>The feeders' names.</summary>
    public IReadOnlyList<CelValue> Names { get; }

    /// <summary>Weight of what does not change with the iteration.</summary>
    public long Weight { get; }

    /// <summary>Rows for the iterations of a scenario.</summary>
    public static RowSources Of(LoadTestSpec spec, string scenario, IReadOnlyDictionary<string, IReadOnlyList<CelValue>> rows) => spec.Data.Count == 0 ? None : new(
        [.. spec.Data.Select(d => new RowSource(d, rows.GetValueOrDefault(d.Name, []), scenario, FeederShare.Of(spec, d).TryGetValue(scenario, out var share) ? share : null))], []);

    /// <summary>All rows, for parts that run once.</summary>
    public static RowSources Whole(LoadTestSpec spec, IReadOnlyDictionary<string, IReadOnlyList<CelValue>> rows) => spec.Data.Count == 0 ? None : new(
        [], [.. spec.Data.Select(d => KeyValuePair.Create(d.Name, CelValue.Of(CelList.Of([.. rows.GetValueOrDefault(d.Name, [])]))))]);

    /// <summary>A feeder that has no row; null when all have one.</summary>
    public RowSource? Missing(long number, long vu)
    {
        foreach (var source in _bounded)
        {
            if (!source.Covers(number, vu)) return source;
        }

        return null;
    }

    /// <summary>The row (or all rows) of a feeder; false when there is no such feeder.</summary>
    public bool TryGet(string name, long number, long vu, out CelValue value)
    {
        foreach (var source in _sources)
        {
            if (source.Name != name) continue;
            value = source.Row(number, vu);
            return true;
        }

        foreach (var list in _lists)
        {
            if (list.Key != name) continue;
            value = list.Value;
            return true;
        }

        value = default;
        return false;
    }
}
