namespace LoadTesting.Expressions;

/// <summary>An immutable list of values.</summary>
public abstract class CelList
{
    /// <summary>The list without elements.</summary>
    public static readonly CelList Empty = new Values.ArrayList([]);

    /// <summary>Number of elements.</summary>
    public abstract int Count { get; }

    /// <summary>The element at a position in 0..Count-1; anything else is the caller's mistake and throws.</summary>
    public abstract CelValue this[int index] { get; }

    /// <summary>
    /// Upper bound of the work of one pass over everything inside, shared parts counted each time they occur: what
    /// comparing or printing the list is charged. At least 1.
    /// </summary>
    public abstract long Weight { get; }

    /// <summary>A list over an array that nobody changes afterwards.</summary>
    public static CelList Of(params CelValue[] elements) => elements.Length == 0 ? Empty : new Values.ArrayList(elements);
}
