using System.Text.Json;

namespace LoadTesting.Expressions.Json;

/// <summary>A JSON array read in place.</summary>
internal sealed class JsonList(JsonElement element) : CelList
{
    public JsonElement Element => element;

    public override int Count { get; } = element.GetArrayLength();

    /// <summary>No value can take more than its text has characters.</summary>
    public override long Weight { get; } = JsonWeight.Of(element);

    public override CelValue this[int index] => JsonValues.Of(element[index]);
}
