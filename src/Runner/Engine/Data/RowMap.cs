using LoadTesting.Expressions;

namespace LoadTesting.Runner.Engine.Data;

/// <summary>The value of <c>data</c> for one virtual user: rows are looked up when they are read. Its content changes between iterations.</summary>
internal sealed class RowMap : CelMap
{
    private readonly RowSources _sources;
    private readonly long _vu;
    private long _number;

    /// <param name="sources">The feeders of the scenario.</param>
    /// <param name="vu">0-based number of the virtual user over all runners.</param>
    public RowMap(RowSources sources, long vu)
    {
        (_sources, _vu) = (sources, vu);
    }

    public override int Count => _sources.Names.Count;

    // Rows count as small; a row that is not is charged by whoever goes through it.
    public override long Weight => _sources.Weight + Count;

    public override IEnumerable<CelValue> Keys => _sources.Names;

    public void BeginIteration(long number) => _number = number;

    public override bool TryGet(in CelValue key, out CelValue value)
    {
        value = default;
        return key.Kind == CelKind.String && TryGet(key.AsString, out value);
    }

    public override bool TryGet(string key, out CelValue value) => _sources.TryGet(key, _number, _vu, out value);
}
