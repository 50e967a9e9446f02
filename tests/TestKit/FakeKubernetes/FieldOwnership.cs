using System.Text.Json.Nodes;

namespace LoadTesting.TestKit.FakeKubernetes;

/// <summary>Who owns which leaf of one object. Lists are leaves: real servers merge some of them by key.</summary>
internal sealed class FieldOwnership
{
    private readonly Dictionary<string, HashSet<string>> _owned = [];

    /// <summary>Server-side apply.</summary>
    /// <returns>The object after it.</returns>
    public JsonObject Apply(JsonObject live, JsonObject fields, string manager, bool force)
    {
        var wanted = Leaves(fields);
        var present = Leaves(live);
        var conflicts = _owned.Where(o => o.Key != manager)
            .SelectMany(o => o.Value.Where(p => wanted.TryGetValue(p, out var value) && present.GetValueOrDefault(p) != value).Select(p => (Owner: o.Key, Path: p)))
            .ToList();
        if (conflicts.Count > 0 && !force)
        {
            throw new FakeRefusal(
                409,
                "Conflict",
                $"Apply failed with {conflicts.Count} conflicts: {string.Join(", ", conflicts.Select(c => $"conflict with \"{c.Owner}\": .{c.Path}"))}",
                [.. conflicts.Select(c => ("FieldManagerConflict", $"conflict with \"{c.Owner}\""))]);
        }

        foreach (var (owner, path) in conflicts)
        {
            _owned[owner].Remove(path);
        }

        var result = FakeJson.Merge(live, fields);
        foreach (var gone in _owned.GetValueOrDefault(manager, []).Where(p => !wanted.ContainsKey(p) && !_owned.Any(o => o.Key != manager && o.Value.Contains(p))))
        {
            Remove(result, gone.Split('\0'));
        }

        _owned[manager] = [.. wanted.Keys];
        return result;
    }

    /// <summary>Any other write: what it changed is its own.</summary>
    public void Changed(JsonObject before, JsonObject after, string manager)
    {
        var old = Leaves(before);
        foreach (var (path, value) in Leaves(after).Where(l => old.GetValueOrDefault(l.Key) != l.Value))
        {
            foreach (var owner in _owned.Values)
            {
                owner.Remove(path);
            }

            if (!_owned.TryGetValue(manager, out var mine))
            {
                _owned[manager] = mine = [];
            }

            mine.Add(path);
        }
    }

    private static Dictionary<string, string> Leaves(JsonObject item)
    {
        var leaves = new Dictionary<string, string>();
        Collect(item, "", leaves);
        return leaves;
    }

    private static void Collect(JsonObject item, string prefix, Dictionary<string, string> leaves)
    {
        foreach (var (name, value) in item)
        {
            var path = prefix.Length == 0 ? name : $"{prefix}\0{name}";
            if (path is "apiVersion" or "kind" || (prefix == "metadata" && name is not ("labels" or "annotations" or "finalizers" or "ownerReferences")))
            {
                continue;
            }

            if (value is JsonObject { Count: > 0 } inner)
            {
                Collect(inner, path, leaves);
            }
            else
            {
                leaves[path] = value?.ToJsonString() ?? "null";
            }
        }
    }

    private static void Remove(JsonObject item, ReadOnlySpan<string> path)
    {
        if (path.Length == 1)
        {
            item.Remove(path[0]);
        }
        else if (item[path[0]] is JsonObject inner)
        {
            Remove(inner, path[1..]);
            if (inner.Count == 0)
            {
                item.Remove(path[0]);
            }
        }
    }
}
