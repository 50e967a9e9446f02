using System.Text.Json;
using LoadTesting.TestKit;

namespace LoadTesting.EndToEnd.Tests;

/// <summary>What the operator's roles grant, and what the API server's audit log says it asked for.</summary>
internal static class GrantedVerbs
{
    private const string User = $"system:serviceaccount:{OperatorInstall.Namespace}:loadtest-operator";

    /// <summary>Rules as <c>group/resource[/subresource] verb</c>.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="roles">Kind and name; of a role that lives in a namespace, its namespace in front: <c>shop:role/name</c>.</param>
    public static async Task<IReadOnlySet<string>> GrantedAsync(ClusterAccess cluster, params string[] roles)
    {
        var granted = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var role in roles.Select(r => r.Split(':')))
        {
            using var document = JsonDocument.Parse(await cluster.KubectlAsync("get", role[^1], "-n", role.Length > 1 ? role[0] : OperatorInstall.Namespace, "-o", "json"));
            foreach (var rule in document.RootElement.GetProperty("rules").EnumerateArray())
            {
                foreach (var resource in Texts(rule, "resources"))
                {
                    granted.UnionWith(Texts(rule, "verbs").Select(verb => $"{Texts(rule, "apiGroups").Single()}/{resource} {verb}"));
                }
            }
        }

        return granted;
    }

    /// <summary>How many lines the audit log has.</summary>
    public static async Task<int> MarkAsync(ClusterAccess cluster) => (await ReadAsync(cluster)).Count;

    /// <summary>What the operator asked for since a mark.</summary>
    public static async Task<Usage> UsedAsync(ClusterAccess cluster, int mark = 0)
    {
        var usage = new Usage([], [], []);
        foreach (var line in (await ReadAsync(cluster)).Skip(mark))
        {
            using var entry = JsonDocument.Parse(line);
            var root = entry.RootElement;
            if (root.GetProperty("user").GetProperty("username").GetString() != User || !root.TryGetProperty("objectRef", out var target))
            {
                continue;
            }

            var resource = $"{Text(target, "apiGroup")}/{Text(target, "resource")}" + (Text(target, "subresource") is { Length: > 0 } sub ? $"/{sub}" : "");
            var code = root.TryGetProperty("responseStatus", out var status) && status.TryGetProperty("code", out var number) ? number.GetInt32() : 0;
            (code == 403 ? usage.Refused : usage.Used).Add($"{resource} {root.GetProperty("verb").GetString()}");
            usage.Spaces.Add(Text(target, "namespace"));
        }

        return usage;
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(ClusterAccess cluster)
    {
        var log = Path.Combine(Path.GetDirectoryName(cluster.Kubeconfig)!, "audit.log");
        // There is none before the first request of a service account.
        return File.Exists(log) ? await File.ReadAllLinesAsync(log) : [];
    }

    private static IEnumerable<string> Texts(JsonElement item, string name) => item.GetProperty(name).EnumerateArray().Select(t => t.GetString()!);

    private static string Text(JsonElement item, string name) => item.TryGetProperty(name, out var text) ? text.GetString()! : "";

    /// <param name="Used">Requests that were let through.</param>
    /// <param name="Refused">Requests that were not.</param>
    /// <param name="Spaces">The namespaces that they were about; empty text = all, or none.</param>
    internal sealed record Usage(SortedSet<string> Used, SortedSet<string> Refused, SortedSet<string> Spaces);
}
