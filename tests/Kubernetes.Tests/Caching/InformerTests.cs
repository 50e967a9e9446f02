using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Caching;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.TestKit;
using LoadTesting.TestKit.FakeKubernetes;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadTesting.Kubernetes.Tests.Caching;

public sealed class InformerTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<Change<ConfigMap>> _changes = [];
    private readonly CancellationTokenSource _stop = new();
    private FakeApiServer _server = null!;
    private FaultProxy _proxy = null!;
    private ApiClient _writer = null!;
    private ApiClient _client = null!;
    private Task _running = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        _server = await FakeApiServer.StartAsync();
        _proxy = await FaultProxy.StartAsync(_server.Url);
        _writer = Connect.To(_server);
        _client = Connect.To(_proxy.Url);
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _client.Dispose();
        _writer.Dispose();
        await _proxy.DisposeAsync();
        await _server.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task It_knows_what_was_there_and_what_happens_since()
    {
        await CreateAsync("a");
        var informer = await StartAsync();
        await CreateAsync("b");
        await SetAsync("a", "2");
        await _writer.DeleteAsync(Resources.ConfigMaps, Connect.Name("b"));
        await SeeChangesAsync(4);
        Assert.Equal(
            [("a", ChangeType.Added), ("b", ChangeType.Added), ("a", ChangeType.Updated), ("b", ChangeType.Deleted)],
            _changes.Select(c => (c.Name.Name, c.Type)));
        Assert.Equal("2", informer.Store.Find(Connect.Name("a"))!.Data["value"]);
        Assert.Equal("", _changes.ElementAt(2).Old!.Data["value"]);
        Assert.All(_changes, c => Assert.False(c.FinalStateUnknown));
    }

    [Fact]
    public async Task A_cut_stream_is_resumed_without_a_new_list()
    {
        var informer = await StartAsync();
        for (var i = 0; i < 5; i++)
        {
            await CreateAsync($"c{i}");
            _proxy.CutStreams();
            await SeeAsync(informer, i + 1);
        }

        Assert.Equal(1, _server.Requests.Count(r => r.Method == "GET" && !r.IsWatch));
        Assert.Equal(5, _changes.Count);
    }

    [Fact]
    public async Task Forgotten_history_is_made_up_by_a_list_and_missed_deletions_are_told()
    {
        await CreateAsync("a");
        await CreateAsync("b");
        var informer = await StartAsync();
        _proxy.OnRequest = context =>
        {
            if (context.Request.Query["watch"] == "true")
            {
                context.Abort();
                return Task.FromResult(true);
            }

            return Task.FromResult(false);
        };
        _proxy.CutStreams();
        await _writer.DeleteAsync(Resources.ConfigMaps, Connect.Name("a"));
        await CreateAsync("c");
        _server.Compact();
        _proxy.OnRequest = null;
        await Eventually.SeeAsync("b and c only", () => Names(informer), names => names == "b c");
        var deleted = Assert.Single(_changes, c => c.Type == ChangeType.Deleted);
        Assert.True(deleted is { FinalStateUnknown: true, Name.Name: "a" });
    }

    [Fact]
    public async Task An_outage_of_list_and_watch_is_outlasted()
    {
        var attempts = 0;
        _proxy.OnRequest = async context =>
        {
            Interlocked.Increment(ref attempts);
            await FakeApiServer.RefuseAsync(context, 403, "Forbidden", "not yet");
            return true;
        };
        var informer = Start();
        await Eventually.SeeAsync("three attempts", () => Task.FromResult(attempts), count => count >= 3);
        await CreateAsync("a");
        Assert.False(informer.HasSynced);
        _proxy.OnRequest = null;
        await SeeAsync(informer, 1);
        Assert.True(informer.HasSynced);
    }

    [Fact]
    public async Task Duplicated_events_are_told_once()
    {
        _proxy.OnWatchLine = line => [line, line, line];
        var informer = await StartAsync();
        await CreateAsync("a");
        await SetAsync("a", "2");
        await CreateAsync("b");
        await SeeAsync(informer, 2);
        Assert.Equal(3, _changes.Count);
    }

    [Fact]
    public async Task Reordered_events_end_in_the_true_state()
    {
        string? held = null;
        _proxy.OnWatchLine = line =>
        {
            // Each second line overtakes the one before.
            if (held is null)
            {
                held = line;
                return [];
            }

            var first = held;
            held = null;
            return [line, first];
        };
        var informer = await StartAsync();
        await CreateAsync("a");
        await _writer.DeleteAsync(Resources.ConfigMaps, Connect.Name("a"));
        await CreateAsync("b");
        await SetAsync("b", "2");
        _proxy.OnWatchLine = null;
        _proxy.CutStreams();
        await Eventually.SeeAsync(
            "b with value 2 and nothing else",
            () => Task.FromResult(string.Join(' ', informer.Store.List().Select(c => $"{c.Metadata.Name}={c.Data["value"]}"))),
            state => state == "b=2");
    }

    [Theory]
    [InlineData("{\"type\":\"ADDED\",\"object\":{\"kind\":")]
    [InlineData("not json at all")]
    [InlineData("[]")]
    [InlineData("{\"type\":\"SURPRISE\",\"object\":{\"metadata\":{\"resourceVersion\":\"9\"}}}")]
    [InlineData("{\"type\":\"MODIFIED\",\"object\":{\"metadata\":{}}}")]
    public async Task A_corrupt_line_leads_to_a_new_list(string garbage)
    {
        var garbled = false;
        _proxy.OnWatchLine = line =>
        {
            var first = !garbled;
            garbled = true;
            return first ? [garbage] : [line];
        };
        var informer = await StartAsync();
        await CreateAsync("a");
        await SeeAsync(informer, 1);
        await CreateAsync("b");
        await SeeAsync(informer, 2);
        Assert.True(_server.Requests.Count(r => r.Method == "GET" && !r.IsWatch) >= 2, "no new list");
    }

    [Fact]
    public async Task What_a_proxy_swallowed_is_found_by_the_next_list()
    {
        await CreateAsync("a");
        _proxy.OnWatchLine = line => line.Contains("DELETED", StringComparison.Ordinal) ? [] : [line];
        var informer = await StartAsync(new InformerOptions { FirstPause = TimeSpan.FromMilliseconds(10), RelistAfter = TimeSpan.Zero });
        await _writer.DeleteAsync(Resources.ConfigMaps, Connect.Name("a"));
        await CreateAsync("b");
        await SeeAsync(informer, 2);
        _proxy.CutStreams();
        await Eventually.SeeAsync("b only", () => Names(informer), names => names == "b");
    }

    [Fact]
    public async Task A_silent_stream_is_resumed()
    {
        var time = new ManualTimeProvider();
        var swallow = true;
        _proxy.OnWatchLine = line => swallow ? [] : [line];
        using var client = Connect.To(_proxy.Url);
        var informer = new Informer<ConfigMap>(
            Resources.ConfigMaps, client, client, new InformerOptions { Silence = TimeSpan.FromMinutes(3) }, time, NullLogger.Instance);
        _running = informer.RunAsync(_stop.Token);
        await informer.WaitForSyncAsync(_stop.Token);
        await Eventually.SeeAsync("a watch", () => Task.FromResult(_server.Requests.Count(r => r.IsWatch)), count => count == 1);
        await CreateAsync("a");
        swallow = false;
        time.Advance(TimeSpan.FromMinutes(3));

        // When the pause before the next attempt begins is not to be seen from outside: time goes on until it is over.
        await Eventually.SeeAsync(
            "1 object in the cache",
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(2));
                return Task.FromResult(informer.Store.Count);
            },
            seen => seen == 1);
    }

    [Fact]
    public async Task A_faulty_handler_does_not_starve_the_others()
    {
        var informer = Create();
        informer.AddHandler(_ => throw new InvalidOperationException("faulty"));
        informer.AddHandler(_changes.Enqueue);
        _running = informer.RunAsync(_stop.Token);
        await CreateAsync("a");
        await SeeChangesAsync(1);
    }

    [Fact]
    public async Task A_late_handler_is_told_of_what_is_there()
    {
        await CreateAsync("a");
        var informer = await StartAsync();
        var late = new ConcurrentQueue<Change<ConfigMap>>();
        informer.AddHandler(late.Enqueue);
        Assert.Equal(("a", ChangeType.Added), Assert.Single(late.Select(c => (c.Name.Name, c.Type))));
    }

    [Fact]
    public async Task Through_every_fault_at_once_cache_and_handlers_end_where_the_server_is()
    {
        var random = new Random(42);
        _proxy.OnRequest = async context =>
        {
            switch (random.Next(5))
            {
                case 0:
                    await FakeApiServer.RefuseAsync(context, 500, "InternalError", "fault");
                    return true;
                case 1:
                    await FakeApiServer.RefuseAsync(context, 429, "TooManyRequests", "fault", retryAfterSeconds: 0);
                    return true;
                case 2 when context.Request.Query["watch"] == "true":
                    await FakeApiServer.RefuseAsync(context, 410, "Expired", "fault");
                    return true;
                default:
                    return false;
            }
        };
        _proxy.OnWatchLine = line => random.Next(4) switch
        {
            0 => [line, line],
            1 => [],
            _ => [line],
        };
        var mirror = new ConcurrentDictionary<string, string>();
        var doubled = 0;
        var informer = Create(new InformerOptions { FirstPause = TimeSpan.FromMilliseconds(5), RelistAfter = TimeSpan.Zero });
        informer.AddHandler(change =>
        {
            if (change.Type == ChangeType.Deleted ? !mirror.TryRemove(change.Name.Name, out _) : change.Type == ChangeType.Added != !mirror.ContainsKey(change.Name.Name))
            {
                Interlocked.Increment(ref doubled);
            }

            if (change.Type != ChangeType.Deleted)
            {
                mirror[change.Name.Name] = change.New!.Data["value"];
            }
        });
        _running = informer.RunAsync(_stop.Token);
        for (var i = 0; i < 60; i++)
        {
            var name = $"c{random.Next(8)}";
            if (!await _writer.DeleteAsync(Resources.ConfigMaps, Connect.Name(name)) || random.Next(2) == 0)
            {
                await CreateAsync(name, $"{i}");
            }

            if (i % 7 == 0)
            {
                _proxy.CutStreams();
            }

            if (i % 13 == 0)
            {
                _server.Compact();
            }
        }

        _proxy.OnRequest = null;
        _proxy.OnWatchLine = null;
        _proxy.CutStreams();
        var truth = State((await _writer.ListAsync(Resources.ConfigMaps)).Items.ToDictionary(c => c.Metadata.Name!, c => c.Data["value"]));
        await Eventually.SeeAsync("cache = server", () => Task.FromResult(State(informer.Store.List().ToDictionary(c => c.Metadata.Name!, c => c.Data["value"]))), s => s == truth);
        await Eventually.SeeAsync("handlers = server", () => Task.FromResult(State(mirror)), s => s == truth);
        Assert.Equal(0, doubled);
    }

    private static string State(IEnumerable<KeyValuePair<string, string>> items) => string.Join(' ', items.OrderBy(i => i.Key).Select(i => $"{i.Key}={i.Value}"));

    private static Task<string> Names(Informer<ConfigMap> informer) =>
        Task.FromResult(string.Join(' ', informer.Store.List().Select(c => c.Metadata.Name).Order()));

    private Informer<ConfigMap> Create(InformerOptions? options = null) => new(
        Resources.ConfigMaps, _client, _client, options ?? new InformerOptions { FirstPause = TimeSpan.FromMilliseconds(10) }, TimeProvider.System, NullLogger.Instance);

    private Informer<ConfigMap> Start(InformerOptions? options = null)
    {
        var informer = Create(options);
        informer.AddHandler(_changes.Enqueue);
        _running = informer.RunAsync(_stop.Token);
        return informer;
    }

    private async Task<Informer<ConfigMap>> StartAsync(InformerOptions? options = null)
    {
        var informer = Start(options);
        await informer.WaitForSyncAsync(_stop.Token);
        return informer;
    }

    private Task CreateAsync(string name, string value = "") => _writer.CreateAsync(Resources.ConfigMaps, Connect.ConfigMap(name, value));

    private Task SetAsync(string name, string value) =>
        _writer.PatchAsync(Resources.ConfigMaps, Connect.Name(name), new JsonObject { ["data"] = new JsonObject { ["value"] = value } });

    private static Task SeeAsync(Informer<ConfigMap> informer, int count) =>
        Eventually.SeeAsync($"{count} objects in the cache", () => Task.FromResult(informer.Store.Count), seen => seen == count);

    private Task SeeChangesAsync(int count) =>
        Eventually.SeeAsync($"{count} changes", () => Task.FromResult(_changes.Count), seen => seen == count);
}
