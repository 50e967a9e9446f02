using System.Text.Json.Nodes;
using LoadTesting.Model.Reporting;
using LoadTesting.Operator.Api;

namespace LoadTesting.Operator.Reconciling;

/// <summary>
/// A status is shown by kubectl as it is, on terminals, and copied into conditions, events and other people's logs: every text in it passes through here
/// before it is written.
/// Bookkeeping is for programs and stays: values that setup gave must reach runners unchanged.
/// </summary>
internal static class PrintableStatus
{
    /// <summary>Most characters of one text. The API server takes 32768 for a condition's message, and 1.5 MB for an object.</summary>
    public const int LongestText = 8 * 1024;

    private const string Bookkeeping = "bookkeeping";

    /// <summary>The status with every text made printable; the same one where all are. Changes nothing the second time.</summary>
    public static LoadTestStatus Of(LoadTestStatus status)
    {
        var json = LoadTestResources.ToJson(status);
        return json is JsonObject fields && Clean(fields, isTop: true) ? LoadTestResources.ToStatus(fields) : status;
    }

    private static bool Clean(JsonObject fields, bool isTop)
    {
        var changed = false;
        foreach (var (name, value) in fields.ToList())
        {
            if (isTop && name == Bookkeeping) continue;
            var shown = PrintableText.Bounded(name, LongestText);
            var replaced = Replaced(value, out var isChanged);
            if (shown != name)
            {
                fields.Remove(name);
                fields[shown] = replaced;
            }
            else if (!ReferenceEquals(replaced, value))
            {
                fields[name] = replaced;
            }

            changed |= isChanged || shown != name;
        }

        return changed;
    }

    private static JsonNode? Replaced(JsonNode? value, out bool isChanged)
    {
        isChanged = false;
        switch (value)
        {
            case JsonObject fields:
                isChanged = Clean(fields, isTop: false);
                return fields;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                {
                    var item = Replaced(items[i], out var itemChanged);
                    if (itemChanged && !ReferenceEquals(item, items[i])) items[i] = item;
                    isChanged |= itemChanged;
                }

                return items;
            case JsonValue leaf when leaf.TryGetValue(out string? text):
                var shown = PrintableText.Bounded(text, LongestText);
                isChanged = shown != text;
                return isChanged ? JsonValue.Create(shown) : value;
            default:
                return value;
        }
    }
}
