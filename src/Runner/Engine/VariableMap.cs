using System.Runtime.InteropServices;
using LoadTesting.Expressions;

namespace LoadTesting.Runner.Engine;

/// <summary>
/// The value of <c>vars</c>: the test's variables, overlaid by what the virtual user set or extracted. Its content changes between evaluations, so a value that
/// outlives one must be detached. Never empty: an empty map is not copied when it is detached.
/// </summary>
internal sealed class VariableMap : CelMap
{
    private readonly IReadOnlyDictionary<string, CelValue> _test;
    private static readonly IReadOnlyDictionary<string, CelValue> Nothing = new Dictionary<string, CelValue>();

    // Made for the first variable: most users set none, and there may be ten thousand of them.
    private Dictionary<string, CelValue>? _own;
    private int _count;

    public VariableMap(IReadOnlyDictionary<string, CelValue> test)
    {
        _test = test;
        Clear();
    }

    /// <summary>What was set or extracted.</summary>
    public IReadOnlyDictionary<string, CelValue> Own => _own ?? Nothing;

    public override int Count => _count;

    // Only what goes through all variables asks for it; kept up to date it would cost every extraction a look at the value before.
    public override long Weight => 1 + WeightOf(_test.Values) + WeightOf(Own.Values);

    public override IEnumerable<CelValue> Keys => _test.Keys.Concat(Own.Keys.Where(k => !_test.ContainsKey(k))).Select(CelValue.Of);

    public override bool TryGet(in CelValue key, out CelValue value)
    {
        value = default;
        return key.Kind == CelKind.String && TryGet(key.AsString, out value);
    }

    public override bool TryGet(string key, out CelValue value) => (_own is not null && _own.TryGetValue(key, out value)) || _test.TryGetValue(key, out value);

    public void Set(string name, in CelValue value)
    {
        ref var own = ref CollectionsMarshal.GetValueRefOrAddDefault(_own ??= new Dictionary<string, CelValue>(StringComparer.Ordinal), name, out var isThere);
        if (!isThere && !_test.ContainsKey(name)) _count++;
        own = value;
    }

    public void Clear()
    {
        _own?.Clear();
        _count = _test.Count;
    }

    private static long WeightOf(IEnumerable<CelValue> values) => values.Sum(v => 1 + v.Weight);
}
