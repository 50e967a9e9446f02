using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.TestKit.FakeKubernetes;

namespace LoadTesting.Kubernetes.Tests.Client;

public sealed class ApiClientTests : IAsyncLifetime
{
    private FakeApiServer _server = null!;
    private ApiClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await FakeApiServer.StartAsync();
        _client = Connect.To(_server);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task What_was_created_can_be_read_found_listed_and_deleted()
    {
        var created = await _client.CreateAsync(Resources.ConfigMaps, Connect.ConfigMap("a", "1"));
        Assert.NotNull(created.Metadata.Uid);
        Assert.Equal("1", (await _client.GetAsync(Resources.ConfigMaps, Connect.Name("a"))).Data["value"]);
        Assert.Equal("a", Assert.Single((await _client.ListAsync(Resources.ConfigMaps)).Items).Metadata.Name);
        Assert.True(await _client.DeleteAsync(Resources.ConfigMaps, Connect.Name("a")));
        Assert.False(await _client.DeleteAsync(Resources.ConfigMaps, Connect.Name("a")));
        Assert.Null(await _client.FindAsync(Resources.ConfigMaps, Connect.Name("a")));
        var gone = await Assert.ThrowsAsync<ApiException>(() => _client.GetAsync(Resources.ConfigMaps, Connect.Name("a")));
        Assert.Equal((404, ApiReason.NotFound), (gone.Error.Code, gone.Error.Reason));
    }

    [Fact]
    public async Task A_taken_name_and_a_stale_version_are_told_apart()
    {
        var first = await _client.CreateAsync(Resources.ConfigMaps, Connect.ConfigMap("a"));
        var taken = await Assert.ThrowsAsync<ApiException>(() => _client.CreateAsync(Resources.ConfigMaps, Connect.ConfigMap("a")));
        Assert.True(taken.Error is { IsAlreadyExists: true, IsConflict: false });
        await _client.UpdateAsync(Resources.ConfigMaps, first with { Data = new Dictionary<string, string> { ["value"] = "2" } });
        var stale = await Assert.ThrowsAsync<ApiException>(() => _client.UpdateAsync(Resources.ConfigMaps, first with { Data = new Dictionary<string, string>() }));
        Assert.True(stale.Error is { IsAlreadyExists: false, IsConflict: true });
    }

    [Fact]
    public async Task A_deletion_spares_a_namesake_with_another_uid()
    {
        var mine = await _client.CreateAsync(Resources.ConfigMaps, Connect.ConfigMap("a"));
        var refused = await Assert.ThrowsAsync<ApiException>(
            () => _client.DeleteAsync(Resources.ConfigMaps, Connect.Name("a"), new DeleteOptions { Uid = "another" }));
        Assert.True(refused.Error.IsConflict);
        Assert.True(await _client.DeleteAsync(
            Resources.ConfigMaps, Connect.Name("a"), new DeleteOptions { Uid = mine.Metadata.Uid, Propagation = PropagationPolicy.Foreground }));
        Assert.Contains("\"propagationPolicy\":\"Foreground\"", _server.Requests[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_owns_fields_conflicts_takes_over_and_removes_what_it_no_longer_says()
    {
        var type = Resources.ConfigMaps;
        var name = Connect.Name("a");
        static JsonObject Data(params (string Key, string Value)[] data) =>
            new() { ["data"] = new JsonObject(data.Select(d => KeyValuePair.Create<string, JsonNode?>(d.Key, d.Value))) };
        await _client.ApplyAsync(type, name, Data(("x", "1"), ("y", "1")), new ApplyOptions { FieldManager = "one" });
        var refused = await Assert.ThrowsAsync<ApiException>(
            () => _client.ApplyAsync(type, name, Data(("x", "2")), new ApplyOptions { FieldManager = "two", Force = false }));
        Assert.True(refused.Error.IsConflict);
        Assert.Contains(refused.Error.Causes, c => c.Reason == "FieldManagerConflict");
        await _client.ApplyAsync(type, name, Data(("x", "2")), new ApplyOptions { FieldManager = "two" });
        var left = await _client.ApplyAsync(type, name, Data(), new ApplyOptions { FieldManager = "one" });
        Assert.Equal(new Dictionary<string, string> { ["x"] = "2" }, left.Data);
    }

    [Fact]
    public async Task Status_and_spec_are_written_apart()
    {
        var type = Resources.Untyped("example.org", "v1", "things", "Thing", true);
        var name = Connect.Name("t");
        var created = await _client.ApplyAsync(type, name, new JsonObject { ["spec"] = new JsonObject { ["n"] = 1 } }, new ApplyOptions { FieldManager = "user" });
        var observed = await _client.ApplyStatusAsync(type, name, new JsonObject { ["phase"] = "Running" }, new ApplyOptions { FieldManager = "operator" });
        Assert.Equal(created.Metadata.Generation, observed.Metadata.Generation);
        var patched = await _client.PatchStatusAsync(type, name, new JsonObject { ["seen"] = 3 });
        Assert.Equal("""{"phase":"Running","seen":3}""", patched.Extra!["status"].GetRawText());
        var changed = await _client.PatchAsync(type, name, new JsonObject { ["spec"] = new JsonObject { ["n"] = 2 }, ["status"] = new JsonObject { ["phase"] = "no" } });
        Assert.Equal("Running", changed.Extra!["status"].GetProperty("phase").GetString());
        Assert.Equal(2, changed.Metadata.Generation);
    }

    [Fact]
    public async Task A_list_is_read_page_by_page()
    {
        await CreateManyAsync(7);
        var list = await _client.ListAsync(Resources.ConfigMaps, new ListOptions { PageSize = 3 });
        Assert.Equal(7, list.Items.Select(i => i.Metadata.Name).Distinct().Count());
        Assert.Equal(3, _server.Requests.Count(r => r.Method == "GET"));
    }

    [Fact]
    public async Task A_list_whose_pages_expire_meanwhile_begins_anew()
    {
        await CreateManyAsync(5);
        var pages = 0;
        _server.Intercept = context =>
        {
            if (context.Request.Method == "GET" && ++pages == 2)
            {
                _server.Compact();
            }

            return Task.FromResult(false);
        };
        var list = await _client.ListAsync(Resources.ConfigMaps, new ListOptions { PageSize = 2 });
        Assert.Equal(["c0", "c1", "c2", "c3", "c4"], list.Items.Select(i => i.Metadata.Name!));
        Assert.Equal(5, pages);
    }

    [Fact]
    public async Task An_object_that_does_not_fit_its_type_does_not_hide_the_others()
    {
        var untyped = Resources.Untyped("", "v1", "configmaps", "ConfigMap", true);
        await _client.ApplyAsync(untyped, Connect.Name("bad"), new JsonObject { ["data"] = "no map" }, new ApplyOptions { FieldManager = "m" });
        await _client.CreateAsync(Resources.ConfigMaps, Connect.ConfigMap("good"));
        Assert.Equal("good", Assert.Single((await _client.ListAsync(Resources.ConfigMaps)).Items).Metadata.Name);
    }

    [Fact]
    public async Task The_last_lines_of_a_pods_log_can_be_read()
    {
        await _client.CreateAsync(Resources.Pods, new Pod { Metadata = new ObjectMeta { Name = "p", Namespace = "shop" } });
        _server.SetLog("shop", "p", "one\ntwo\nthree\n");
        Assert.Equal("two\nthree\n", await _client.ReadLogAsync(Connect.Name("p"), new PodLogOptions { Container = "c", TailLines = 2 }));
        Assert.Contains("container=c", _server.Requests[^1].Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_tells_what_happened_and_where_to_resume()
    {
        var before = await _client.ListAsync(Resources.ConfigMaps);
        var item = await _client.CreateAsync(Resources.ConfigMaps, Connect.ConfigMap("a"));
        item = await _client.PatchAsync(Resources.ConfigMaps, Connect.Name("a"), new JsonObject { ["data"] = new JsonObject { ["value"] = "2" } });
        await _client.DeleteAsync(Resources.ConfigMaps, Connect.Name("a"));
        var seen = new List<(WatchEventType Type, string Version)>();
        await foreach (var change in _client.WatchAsync(Resources.ConfigMaps, new WatchOptions { ResourceVersion = before.ResourceVersion }))
        {
            seen.Add((change.Type, change.ResourceVersion));
            if (seen.Count == 3)
            {
                _server.SendBookmarks();
            }

            if (seen.Count == 4)
            {
                break;
            }
        }

        Assert.Equal([WatchEventType.Added, WatchEventType.Modified, WatchEventType.Deleted, WatchEventType.Bookmark], seen.Select(s => s.Type));
        Assert.Equal(item.Metadata.ResourceVersion, seen[1].Version);
        Assert.True(long.Parse(seen[2].Version) > long.Parse(seen[1].Version), "a deletion has a version of its own");
    }

    [Fact]
    public async Task A_watch_from_forgotten_history_says_so()
    {
        var before = await _client.ListAsync(Resources.ConfigMaps);
        await CreateManyAsync(1);
        _server.Compact();
        await foreach (var change in _client.WatchAsync(Resources.ConfigMaps, new WatchOptions { ResourceVersion = before.ResourceVersion }))
        {
            Assert.True(change.Error!.IsExpired);
        }
    }

    [Fact]
    public async Task Watches_ask_for_bookmarks_and_end_at_random_between_5_and_10_minutes()
    {
        var timeouts = new HashSet<int>();
        for (var i = 0; i < 8; i++)
        {
            using var cancellation = new CancellationTokenSource();
            var watch = _client.WatchAsync(Resources.ConfigMaps, new WatchOptions { ResourceVersion = "100" }, cancellation.Token).GetAsyncEnumerator();
            var next = watch.MoveNextAsync();
            await LoadTesting.TestKit.Eventually.SeeAsync("a watch", () => Task.FromResult(_server.Requests.Count), count => count == i + 1);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
            var query = _server.Requests[^1].Query;
            Assert.Contains("allowWatchBookmarks=true", query, StringComparison.Ordinal);
            timeouts.Add(int.Parse(query.Split("timeoutSeconds=")[1].Split('&')[0]));
        }

        Assert.All(timeouts, t => Assert.InRange(t, 300, 600));
        Assert.True(timeouts.Count > 1, "all watches would end at the same time");
    }

    [Fact]
    public async Task The_server_learns_who_asks()
    {
        await _client.CreateAsync(Resources.ConfigMaps, Connect.ConfigMap("a"));
        Assert.Equal("kubernetes-tests/1", _server.Requests[0].Headers["User-Agent"]);
        Assert.Contains("fieldManager=kubernetes-tests", _server.Requests[0].Query, StringComparison.Ordinal);
    }

    private async Task CreateManyAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await _client.CreateAsync(Resources.ConfigMaps, Connect.ConfigMap($"c{i}"));
        }
    }
}
