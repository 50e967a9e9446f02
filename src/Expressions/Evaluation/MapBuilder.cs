using LoadTesting.Expressions.Values;

namespace LoadTesting.Expressions.Evaluation;

/// <summary>Collects entries; refuses keys that no map can have, and repeated ones.</summary>
internal sealed class MapBuilder(int capacity)
{
    private readonly Dictionary<CelValue, CelValue> _entries = new(capacity, KeyComparer.Instance);
    private long _weight = 1;

    /// <summary>Null when added, else the error.</summary>
    public CelValue Add(in CelValue key, in CelValue value)
    {
        if (key.IsError || value.IsError)
        {
            return key.IsError ? key : value;
        }

        if (key.Kind is not (CelKind.Bool or CelKind.Int or CelKind.UInt or CelKind.String))
        {
            return Errors.Invalid($"a map's key is a bool, int, uint or string, not {Errors.KindName(key)}");
        }

        _weight += key.Weight + value.Weight;
        return _entries.TryAdd(key, value) ? CelValue.Null : Errors.Invalid($"the map's key {key} is repeated");
    }

    public CelValue Finish(CelActivation activation) =>
        activation.TryBuild(_entries.Count, _weight) ? CelValue.Of(new HashMap(_entries, _weight)) : CelActivation.LimitExceeded();
}
