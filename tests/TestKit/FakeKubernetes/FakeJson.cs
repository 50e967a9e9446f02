using System.Text.Json.Nodes;

namespace LoadTesting.TestKit.FakeKubernetes;

/// <summary>What the fake needs of JSON; written apart from the product's, which it tests.</summary>
internal static class FakeJson
{
    public static JsonObject Merge(JsonObject target, JsonObject patch)
    {
        var result = (JsonObject)target.DeepClone();
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                result.Remove(name);
            }
            else if (value is JsonObject inner)
            {
                result[name] = Merge(result[name] as JsonObject ?? [], inner);
            }
            else
            {
                result[name] = value.DeepClone();
            }
        }

        return result;
    }

    /// <summary>Equality-based selectors: <c>a=b,c!=d,e,!f</c>.</summary>
    public static bool Matches(JsonObject item, string? selector)
    {
        var labels = item["metadata"]?["labels"] as JsonObject ?? [];
        return (selector ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).All(term =>
        {
            if (term.Split("!=") is [var not, var other])
            {
                return labels[not]?.GetValue<string>() != other;
            }

            return term.Split('=', StringSplitOptions.RemoveEmptyEntries) is [var name, var value]
                ? labels[name]?.GetValue<string>() == value
                : term.StartsWith('!') ? !labels.ContainsKey(term[1..]) : labels.ContainsKey(term);
        });
    }

    /// <summary>Field selectors on paths of strings.</summary>
    public static bool MatchesFields(JsonObject item, string? selector) =>
        (selector ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).All(term =>
        {
            var (path, value) = term.Split('=', 2) is [var p, var v] ? (p, v) : (term, "");
            JsonNode? node = item;
            foreach (var name in path.Split('.'))
            {
                node = node?[name];
            }

            return (node?.GetValue<string>() ?? "") == value;
        });
}
