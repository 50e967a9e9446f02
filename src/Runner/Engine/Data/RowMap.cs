using LoadTesting.Expressions;

namespace LoadTesting.Runner.Engine.Data;

/// <summary>The value of <c>data</c> for one virtual user: rows are looked up when they are read. Its content changes between iterations.</summary>
internal sealed class RowMap : CelMap
{
    private readonly long _vu;
    private RowSources _sources = RowSources.None;
    private long _number;

    /// <param name="vu">0-based number of the virtual user over all runners.</param>
    public RowMap(long vu)
    {
        _vu = vu;
    }

    public override int Count => _sources.Names.Count;

    // Rows count as small; a row that is not is charged by whoever goes through it.
    public override long Weight => _sources.Weight + Count;

    public override IEnumerable<CelValue> Keys => _sources.Names;

    public void BeginScope(RowSources sources) => _sources = sources;

    public void BeginIteration(long number) => _number = number;

    public override bool TryGet(in CelValue key, out CelValue value)
    {
        value = default;
        return key.Kind == CelKind.String && TryGet(key.AsString, out value);
    }

    public override bool TryGet(string key, out CelValue value) => _sources.TryGet(key, _number, _vu, out value);
}
