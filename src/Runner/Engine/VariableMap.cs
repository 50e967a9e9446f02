using LoadTesting.Expressions;

namespace LoadTesting.Runner.Engine;

/// <summary>
/// The value of <c>vars</c>: the test's variables, overlaid by what the virtual user set or extracted. Its content changes between evaluations, so a value that
/// outlives one must be detached. Never empty: an empty map is not copied when it is detached.
/// </summary>
internal sealed class VariableMap : CelMap
{
    private readonly IReadOnlyDictionary<string, CelValue> _test;
    private readonly Dictionary<string, CelValue> _own = new(StringComparer.Ordinal);
    private long _weight;

    public VariableMap(IReadOnlyDictionary<string, CelValue> test)
    {
        _test = test;
        _weight = WeightOf(test);
    }

    /// <summary>What was set or extracted.</summary>
    public IReadOnlyDictionary<string, CelValue> Own => _own;

    public override int Count => _test.Count + _own.Keys.Count(k => !_test.ContainsKey(k));

    public override long Weight => _weight;

    public override IEnumerable<CelValue> Keys => _test.Keys.Concat(_own.Keys.Where(k => !_test.ContainsKey(k))).Select(CelValue.Of);

    public override bool TryGet(in CelValue key, out CelValue value)
    {
        value = default;
        return key.Kind == CelKind.String && TryGet(key.AsString, out value);
    }

    public override bool TryGet(string key, out CelValue value) => _own.TryGetValue(key, out value) || _test.TryGetValue(key, out value);

    public void Set(string name, in CelValue value)
    {
        _weight += 1 + value.Weight;
        if (_own.TryGetValue(name, out var before)) _weight -= 1 + before.Weight;
        _own[name] = value;
    }

    public void Clear()
    {
        _own.Clear();
        _weight = WeightOf(_test);
    }

    private static long WeightOf(IReadOnlyDictionary<string, CelValue> map) => 1 + map.Values.Sum(v => 1 + v.Weight);
}
