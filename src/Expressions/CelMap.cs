namespace LoadTesting.Expressions;

/// <summary>An immutable map. Numeric keys are found by value whatever their kind: <c>{1: 'x'}[1u]</c> is <c>'x'</c>.</summary>
public abstract class CelMap
{
    /// <summary>The map without entries.</summary>
    public static readonly CelMap Empty = new Values.HashMap([], 1);

    /// <summary>Number of entries.</summary>
    public abstract int Count { get; }

    /// <inheritdoc cref="CelList.Weight"/>
    public abstract long Weight { get; }

    /// <summary>Keys in insertion (or document) order.</summary>
    public abstract IEnumerable<CelValue> Keys { get; }

    /// <summary>Looks a key up; false when absent, also for keys of kinds no map can have.</summary>
    public abstract bool TryGet(in CelValue key, out CelValue value);

    /// <summary>Looks a string key up without making a value of it first.</summary>
    public virtual bool TryGet(string key, out CelValue value) => TryGet(CelValue.Of(key), out value);

    /// <summary>A map with string keys, a copy of what is given; of equal keys the last counts.</summary>
    public static CelMap Of(IEnumerable<KeyValuePair<string, CelValue>> entries)
    {
        var copy = new Dictionary<CelValue, CelValue>(Values.KeyComparer.Instance);
        long weight = 1;
        foreach (var (key, value) in entries)
        {
            copy[CelValue.Of(key)] = value;
            weight += 1 + value.Weight;
        }

        return new Values.HashMap(copy, weight);
    }
}
