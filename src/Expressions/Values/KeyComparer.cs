namespace LoadTesting.Expressions.Values;

/// <summary>Map keys: numbers are one key whatever their kind (CEL: <c>{1: 'x'}[1.0]</c> finds).</summary>
internal sealed class KeyComparer : IEqualityComparer<CelValue>
{
    public static readonly KeyComparer Instance = new();

    public bool Equals(CelValue x, CelValue y) => x.Kind switch
    {
        CelKind.String => y.Kind == CelKind.String && x.Text == y.Text,
        CelKind.List or CelKind.Map => false,
        _ => Equality.CelEqual(x, y),
    };

    public int GetHashCode(CelValue key) => key.Kind switch
    {
        CelKind.String => key.Text.GetHashCode(StringComparison.Ordinal),
        CelKind.Bool => key.Bits == 0 ? 1 : 2,
        CelKind.Int or CelKind.UInt or CelKind.Double => Equality.NumberHash(key),
        _ => (int)key.Kind,
    };
}
