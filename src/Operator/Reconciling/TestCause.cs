using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Workloads;

namespace LoadTesting.Operator.Reconciling;

/// <summary>
/// What a run answers: the part of a test's spec that matters to a run, and the value of its rerun annotation. A change of <c>suspend</c> or <c>history</c> starts none,
/// though it makes a new generation.
/// </summary>
internal static class TestCause
{
    private static readonly string[] WithoutMeaningForARun = ["suspend", "history"];

    /// <summary>A digest of 16 hexadecimal digits.</summary>
    public static string Of(LoadTest test)
    {
        var spec = new JsonObject();
        foreach (var (key, value) in (test.Spec ?? []).Where(f => !WithoutMeaningForARun.Contains(f.Key)).OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            spec[key] = Sorted(value);
        }

        var text = $"{spec.ToJsonString()}\n{Rerun(test)}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
    }

    /// <summary>Value of the rerun annotation; null without one.</summary>
    public static string? Rerun(LoadTest test) => test.Metadata.Annotations.GetValueOrDefault(Labels.Rerun);

    /// <summary>The order of fields says nothing, and not every server keeps it.</summary>
    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => KeyValuePair.Create(e.Key, Sorted(e.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
