using System.Text.Json;
using LoadTesting.Expressions.Values;

namespace LoadTesting.Expressions.Json;

/// <summary>Values over JSON elements.</summary>
internal static class JsonValues
{
    public static CelValue Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True => CelValue.True,
        JsonValueKind.False => CelValue.False,
        JsonValueKind.String => CelValue.Of(element.GetString()!),
        JsonValueKind.Number => element.TryGetInt64(out var whole) ? CelValue.Of(whole) : CelValue.Of(element.GetDouble()),
        JsonValueKind.Array => CelValue.Of(new JsonList(element)),
        JsonValueKind.Object => CelValue.Of(new JsonMap(element)),
        _ => CelValue.Null,
    };

    /// <summary>Elements of a document are replaced by clones that own their memory; everything else is kept.</summary>
    public static CelValue Detach(in CelValue value) => value.Kind switch
    {
        CelKind.List => Detach(value, value.AsList),
        CelKind.Map => Detach(value, value.AsMap),
        _ => value,
    };

    private static CelValue Detach(in CelValue value, CelList list)
    {
        if (list is JsonList json)
        {
            return CelValue.Of(new JsonList(json.Element.Clone()));
        }

        var copy = new CelValue[list.Count];
        for (var i = 0; i < copy.Length; i++)
        {
            copy[i] = Detach(list[i]);
        }

        return list.Count == 0 ? value : CelValue.Of(new ArrayList(copy));
    }

    private static CelValue Detach(in CelValue value, CelMap map)
    {
        if (map is JsonMap json)
        {
            return CelValue.Of(new JsonMap(json.Element.Clone()));
        }

        var copy = new Dictionary<CelValue, CelValue>(map.Count, KeyComparer.Instance);
        foreach (var key in map.Keys)
        {
            _ = map.TryGet(key, out var entry);
            copy[key] = Detach(entry);
        }

        return map.Count == 0 ? value : CelValue.Of(new HashMap(copy, map.Weight));
    }
}
