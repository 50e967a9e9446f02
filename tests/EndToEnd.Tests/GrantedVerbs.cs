using System.Text.Json;
using LoadTesting.TestKit;

namespace LoadTesting.EndToEnd.Tests;

/// <summary>What the operator's roles grant, and what the API server's audit log says it asked for.</summary>
internal static class GrantedVerbs
{
    private const string User = $"system:serviceaccount:{OperatorInstall.Namespace}:loadtest-operator";

    /// <summary>Rules as <c>group/resource[/subresource] verb</c>.</summary>
    public static async Task<IReadOnlySet<string>> GrantedAsync(ClusterAccess cluster)
    {
        var granted = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var role in new[] { "clusterrole/loadtest-operator", "clusterrole/loadtest-operator-webhook", "role/loadtest-operator" })
        {
            using var document = JsonDocument.Parse(await cluster.KubectlAsync("get", role, "-n", OperatorInstall.Namespace, "-o", "json"));
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

    /// <summary>Requests that were let through, and those that were refused.</summary>
    public static async Task<(IReadOnlySet<string> Used, IReadOnlySet<string> Refused)> UsedAsync(ClusterAccess cluster)
    {
        var (used, refused) = (new SortedSet<string>(StringComparer.Ordinal), new SortedSet<string>(StringComparer.Ordinal));
        foreach (var line in await File.ReadAllLinesAsync(Path.Combine(Path.GetDirectoryName(cluster.Kubeconfig)!, "audit.log")))
        {
            using var entry = JsonDocument.Parse(line);
            var root = entry.RootElement;
            if (root.GetProperty("user").GetProperty("username").GetString() != User || !root.TryGetProperty("objectRef", out var target))
            {
                continue;
            }

            var resource = $"{Text(target, "apiGroup")}/{Text(target, "resource")}" + (Text(target, "subresource") is { Length: > 0 } sub ? $"/{sub}" : "");
            var code = root.TryGetProperty("responseStatus", out var status) && status.TryGetProperty("code", out var number) ? number.GetInt32() : 0;
            (code == 403 ? refused : used).Add($"{resource} {root.GetProperty("verb").GetString()}");
        }

        return (used, refused);
    }

    private static IEnumerable<string> Texts(JsonElement item, string name) => item.GetProperty(name).EnumerateArray().Select(t => t.GetString()!);

    private static string Text(JsonElement item, string name) => item.TryGetProperty(name, out var text) ? text.GetString()! : "";
}
