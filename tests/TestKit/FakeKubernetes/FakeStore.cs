using System.Globalization;
using System.Text.Json.Nodes;

namespace LoadTesting.TestKit.FakeKubernetes;

/// <summary>The fake server's etcd and registry: objects, versions, history. Safe for concurrent use; callers get copies.</summary>
internal sealed class FakeStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SortedDictionary<string, JsonObject>> _collections = [];
    private readonly Dictionary<string, FieldOwnership> _owners = [];
    private readonly List<FakeChange> _history = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version = 100;
    private long _compacted;

    public long Version
    {
        get
        {
            lock (_gate)
            {
                return _version;
            }
        }
    }

    /// <summary>Completes at the next write.</summary>
    public Task NextChange
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    public JsonObject Get(FakeRoute at)
    {
        lock (_gate)
        {
            return (JsonObject)Live_NeedsLock(at).DeepClone();
        }
    }

    public (IReadOnlyList<JsonObject> Items, long Version) List(FakeRoute at, Func<JsonObject, bool> isSeen)
    {
        lock (_gate)
        {
            return ([.. Collection_NeedsLock(at).Values.Where(isSeen).Select(o => (JsonObject)o.DeepClone())], _version);
        }
    }

    /// <exception cref="FakeRefusal">410: that history is no longer kept.</exception>
    public IReadOnlyList<FakeChange> Since(long version, string collection)
    {
        lock (_gate)
        {
            return version < _compacted
                ? throw new FakeRefusal(410, "Expired", $"too old resource version: {version} ({_compacted})")
                : [.. _history.Where(c => c.Version > version && c.Collection == collection)];
        }
    }

    public void Compact()
    {
        lock (_gate)
        {
            _history.Clear();
            _compacted = ++_version;
        }
    }

    public bool IsCompacted(long version)
    {
        lock (_gate)
        {
            return version < _compacted;
        }
    }

    public JsonObject Create(FakeRoute at, JsonObject item, string manager)
    {
        lock (_gate)
        {
            var metadata = item["metadata"] as JsonObject ?? [];
            var name = metadata["name"]?.GetValue<string>() ?? $"{metadata["generateName"]?.GetValue<string>()}{Guid.NewGuid().ToString("N")[..5]}";
            var target = at with { Name = name };
            if (Collection_NeedsLock(at).ContainsKey(target.Key))
            {
                throw new FakeRefusal(409, "AlreadyExists", $"{at.Collection} \"{name}\" already exists");
            }

            var created = Stamped(target, item, name);
            created.Remove("status");
            Owners_NeedsLock(target).Changed([], created, manager);
            return Write_NeedsLock(target, null, created);
        }
    }

    public JsonObject Update(FakeRoute at, JsonObject item, string manager)
    {
        lock (_gate)
        {
            var live = Live_NeedsLock(at);
            Check_NeedsLock(at, live, item["metadata"]?["resourceVersion"]?.GetValue<string>());
            var next = Restricted(at, live, (JsonObject)item.DeepClone());
            Owners_NeedsLock(at).Changed(live, next, manager);
            return Write_NeedsLock(at, live, next);
        }
    }

    public JsonObject MergePatch(FakeRoute at, JsonObject patch, string manager)
    {
        lock (_gate)
        {
            var live = Live_NeedsLock(at);
            Check_NeedsLock(at, live, patch["metadata"]?["resourceVersion"]?.GetValue<string>());
            var next = Restricted(at, live, FakeJson.Merge(live, patch));
            Owners_NeedsLock(at).Changed(live, next, manager);
            return Write_NeedsLock(at, live, next);
        }
    }

    public JsonObject Apply(FakeRoute at, JsonObject fields, string manager, bool force)
    {
        lock (_gate)
        {
            var exists = Collection_NeedsLock(at).TryGetValue(at.Key, out var live);
            if (!exists && at.Subresource is not null)
            {
                throw NotFound(at);
            }

            if (live is not null)
            {
                Check_NeedsLock(at, live, fields["metadata"]?["resourceVersion"]?.GetValue<string>());
            }

            var from = live ?? Stamped(at, new JsonObject { ["apiVersion"] = at.ApiVersion, ["kind"] = fields["kind"]?.DeepClone() }, at.Name!);
            var next = Owners_NeedsLock(at).Apply(from, fields, manager, force);
            return Write_NeedsLock(at, live, live is null ? next : Restricted(at, live, next));
        }
    }

    public JsonObject Delete(FakeRoute at, JsonObject options)
    {
        lock (_gate)
        {
            var live = Live_NeedsLock(at);
            Check_NeedsLock(at, live, options["preconditions"]?["resourceVersion"]?.GetValue<string>());
            if (options["preconditions"]?["uid"]?.GetValue<string>() is { } uid && uid != live["metadata"]!["uid"]!.GetValue<string>())
            {
                throw new FakeRefusal(409, "Conflict", "Precondition failed: UID in precondition differs");
            }

            if (live["metadata"]?["finalizers"] is JsonArray { Count: > 0 })
            {
                var next = (JsonObject)live.DeepClone();
                next["metadata"]!["deletionTimestamp"] ??= Now();
                return Write_NeedsLock(at, live, next);
            }

            Remove_NeedsLock(at, live);
            return (JsonObject)live.DeepClone();
        }
    }

    private static string Now() => DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static FakeRefusal NotFound(FakeRoute at) => new(404, "NotFound", $"{at.Collection} \"{at.Name}\" not found");

    private static JsonObject Stamped(FakeRoute at, JsonObject item, string name)
    {
        var created = (JsonObject)item.DeepClone();
        if (created["metadata"] is not JsonObject metadata)
        {
            created["metadata"] = metadata = [];
        }

        metadata["name"] = name;
        if (at.Namespace is not null)
        {
            metadata["namespace"] = at.Namespace;
        }

        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = Now();
        metadata["generation"] = 1L;
        return created;
    }

    /// <summary>The main resource leaves the status alone, the status subresource everything else.</summary>
    private static JsonObject Restricted(FakeRoute at, JsonObject live, JsonObject next)
    {
        if (at.Subresource == "status")
        {
            var kept = (JsonObject)live.DeepClone();
            kept["status"] = next["status"]?.DeepClone();
            return kept;
        }

        next["status"] = live["status"]?.DeepClone();
        foreach (var name in (string[])["uid", "creationTimestamp", "deletionTimestamp", "generation", "name", "namespace"])
        {
            next["metadata"]![name] = live["metadata"]![name]?.DeepClone();
        }

        if (!JsonNode.DeepEquals(next["spec"], live["spec"]))
        {
            next["metadata"]!["generation"] = live["metadata"]!["generation"]!.GetValue<long>() + 1;
        }

        return next;
    }

    private static void Check_NeedsLock(FakeRoute at, JsonObject live, string? version)
    {
        if (!string.IsNullOrEmpty(version) && version != live["metadata"]!["resourceVersion"]!.GetValue<string>())
        {
            throw new FakeRefusal(409, "Conflict", $"{at.Collection} \"{at.Name}\": the object has been modified; please apply your changes to the latest version");
        }
    }

    private SortedDictionary<string, JsonObject> Collection_NeedsLock(FakeRoute at)
    {
        if (!_collections.TryGetValue(at.Collection, out var collection))
        {
            _collections[at.Collection] = collection = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        }

        return collection;
    }

    private FieldOwnership Owners_NeedsLock(FakeRoute at)
    {
        var key = $"{at.Collection}/{at.Key}";
        if (!_owners.TryGetValue(key, out var owners))
        {
            _owners[key] = owners = new FieldOwnership();
        }

        return owners;
    }

    private JsonObject Live_NeedsLock(FakeRoute at) => Collection_NeedsLock(at).GetValueOrDefault(at.Key) ?? throw NotFound(at);

    private JsonObject Write_NeedsLock(FakeRoute at, JsonObject? before, JsonObject after)
    {
        foreach (var absent in after.Where(m => m.Value is null).Select(m => m.Key).ToList())
        {
            after.Remove(absent);
        }

        foreach (var absent in after["metadata"]!.AsObject().Where(m => m.Value is null).Select(m => m.Key).ToList())
        {
            after["metadata"]!.AsObject().Remove(absent);
        }

        after["metadata"]!["resourceVersion"] = before?["metadata"]?["resourceVersion"]?.DeepClone();
        if (before is not null && JsonNode.DeepEquals(before, after))
        {
            return (JsonObject)before.DeepClone();
        }

        if (after["metadata"]!["deletionTimestamp"] is not null && after["metadata"]!["finalizers"] is not JsonArray { Count: > 0 })
        {
            Remove_NeedsLock(at, before!);
            return (JsonObject)after.DeepClone();
        }

        after["metadata"]!["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);
        Collection_NeedsLock(at)[at.Key] = after;
        Publish_NeedsLock(new FakeChange(_version, at.Collection, at.Key, before, after));
        return (JsonObject)after.DeepClone();
    }

    private void Remove_NeedsLock(FakeRoute at, JsonObject live)
    {
        Collection_NeedsLock(at).Remove(at.Key);
        _owners.Remove($"{at.Collection}/{at.Key}");
        Publish_NeedsLock(new FakeChange(++_version, at.Collection, at.Key, live, null));
    }

    private void Publish_NeedsLock(FakeChange change)
    {
        _history.Add(change);
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }
}
