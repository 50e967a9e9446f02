using System.Text.Json;

namespace LoadTesting.Expressions.Json;

/// <summary>A JSON array read in place.</summary>
internal sealed class JsonList(JsonElement element) : CelList
{
    // Finding an element of an array in place costs a walk over those before it; so only the first few are found so.
    private const int FewSteps = 4;

    private CelValue[]? _elements;

    public JsonElement Element => element;

    public override int Count { get; } = element.GetArrayLength();

    /// <summary>No value can take more than its text has characters.</summary>
    public override long Weight { get; } = JsonWeight.Of(element);

    public override CelValue this[int index] => _elements is null && index < FewSteps ? JsonValues.Of(element[index]) : Elements()[index];

    private CelValue[] Elements() => _elements ??= [.. element.EnumerateArray().Select(JsonValues.Of)];
}
