using System.Text.Json;

namespace LoadTesting.Expressions.Json;

/// <summary>A JSON object read in place. Of properties with one name the last counts.</summary>
internal sealed class JsonMap(JsonElement element) : CelMap
{
    public JsonElement Element => element;

    public override int Count => element.GetPropertyCount();

    public override long Weight { get; } = JsonWeight.Of(element);

    public override IEnumerable<CelValue> Keys => element.EnumerateObject().Select(property => CelValue.Of(property.Name));

    public override bool TryGet(in CelValue key, out CelValue value)
    {
        if (key.Kind == CelKind.String)
        {
            return TryGet(key.Text, out value);
        }

        value = default;
        return false;
    }

    public override bool TryGet(string key, out CelValue value)
    {
        if (element.TryGetProperty(key, out var found))
        {
            value = JsonValues.Of(found);
            return true;
        }

        value = default;
        return false;
    }
}
