using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Workloads;

namespace LoadTesting.Operator.Reconciling;

/// <summary>
/// Digests of 16 hexadecimal digits that tell whether two specs are the same to a run. Fields that say when runs are made and how long they are kept have no
/// meaning for one: a change of them makes a new generation and no run. The order of fields has none, and null is as good as absent, because not every
/// server keeps them.
/// </summary>
internal static class SpecDigest
{
    private static readonly string[] WithoutMeaningForARun = ["suspend", "history", "onChange"];

    /// <summary>Of a test's spec.</summary>
    public static string Of(JsonObject? spec) => Digest($"{Text(spec)}\n");

    /// <summary>
    /// Of what a run does. Without changes of its own it is the digest of its snapshot, so that it equals that of the test; a run with another target, profile
    /// or variables has another digest than any test.
    /// </summary>
    public static string Of(LoadTestRunSpec run) => run is { Target: null, Profile: null, Variables: null }
        ? Of(run.Snapshot)
        : Digest(new JsonArray(Sorted(Meaningful(run.Snapshot)), run.Target, run.Profile, Sorted(run.Variables)).ToJsonString());

    /// <summary>As bookkeeping held it before runs had a sequence: of the spec and of the rerun annotation together.</summary>
    public static string Legacy(LoadTest test) => Digest($"{Text(test.Spec)}\n{test.Metadata.Annotations.GetValueOrDefault(Labels.Rerun)}");

    /// <summary>Of the value of the rerun annotation, which may be long; null without one.</summary>
    public static string? Rerun(LoadTest test) => test.Metadata.Annotations.TryGetValue(Labels.Rerun, out var value) ? Digest(value) : null;

    private static string Text(JsonObject? spec) => Sorted(Meaningful(spec))!.ToJsonString();

    private static JsonObject Meaningful(JsonObject? spec) =>
        new((spec ?? []).Where(f => !WithoutMeaningForARun.Contains(f.Key)).Select(f => KeyValuePair.Create(f.Key, f.Value?.DeepClone())));

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Where(e => e.Value is not null).OrderBy(e => e.Key, StringComparer.Ordinal)
            .Select(e => KeyValuePair.Create(e.Key, Sorted(e.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
}
