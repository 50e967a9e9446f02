namespace LoadTesting.Expressions.Values;

/// <summary>A list whose elements stand in an array.</summary>
internal sealed class ArrayList : CelList
{
    private readonly CelValue[] _elements;

    public ArrayList(CelValue[] elements)
    {
        _elements = elements;
        Weight = 1;
        foreach (ref readonly var element in elements.AsSpan())
        {
            Weight += element.Weight;
        }
    }

    public override int Count => _elements.Length;

    public override long Weight { get; }

    public ReadOnlySpan<CelValue> Span => _elements;

    public override CelValue this[int index] => _elements[index];
}
