namespace LoadTesting.Expressions.Values;

/// <summary>A map over a dictionary that nobody changes afterwards; its comparer must be <see cref="KeyComparer"/>.</summary>
internal sealed class HashMap(Dictionary<CelValue, CelValue> entries, long weight) : CelMap
{
    public override int Count => entries.Count;

    public override long Weight => weight;

    public override IEnumerable<CelValue> Keys => entries.Keys;

    public override bool TryGet(in CelValue key, out CelValue value) => entries.TryGetValue(key, out value);

    public override bool TryGet(string key, out CelValue value) => entries.TryGetValue(CelValue.Of(key), out value);
}
