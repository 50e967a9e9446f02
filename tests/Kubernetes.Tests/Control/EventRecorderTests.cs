using System.Text;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.TestKit;
using LoadTesting.TestKit.FakeKubernetes;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadTesting.Kubernetes.Tests.Control;

public sealed class EventRecorderTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly CancellationTokenSource _stop = new();
    private FakeApiServer _server = null!;
    private ApiClient _client = null!;
    private EventRecorder _recorder = null!;
    private Task _running = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        _server = await FakeApiServer.StartAsync();
        _client = Connect.To(_server);
        _recorder = new EventRecorder(_client, "loadtest.dev/tests", "tests-1", _time, NullLogger.Instance);
        _running = _recorder.RunAsync(_stop.Token);
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _client.Dispose();
        await _server.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task An_event_says_what_happened_to_whom_and_who_says_so()
    {
        Note("u1", "Started", "all runners are ready");
        var seen = Assert.Single(await SeeEventsAsync(1));
        Assert.Equal(
            ("Started", "Run", "all runners are ready", "Normal", "u1", "loadtest.dev/tests", "tests-1"),
            (seen.Reason, seen.Action, seen.Note, seen.Type, seen.Regarding!.Uid, seen.ReportingController, seen.ReportingInstance));
        Assert.Equal(ManualTimeProvider.Epoch, seen.EventTime);
        Assert.Null(seen.Series);
    }

    [Fact]
    public async Task Equal_notes_become_a_series_and_after_6_quiet_minutes_a_new_event()
    {
        for (var i = 0; i < 5; i++)
        {
            Note("u1", "Lost", "runner 3 is silent");
        }

        Note("u2", "Lost", "runner 3 is silent");
        await Eventually.SeeAsync("a series of 5 and a single one", ListAsync, e => e.Select(x => x.Series?.Count ?? 1).Order().SequenceEqual([1, 5]));
        _time.Advance(TimeSpan.FromMinutes(6));
        Note("u1", "Lost", "runner 3 is silent");
        await SeeEventsAsync(3);
    }

    [Fact]
    public async Task A_series_whose_event_has_gone_goes_on_under_a_new_one()
    {
        Note("u1", "Lost", "silent");
        var first = Assert.Single(await SeeEventsAsync(1));
        await _client.DeleteAsync(Resources.Events, NamespacedName.Of(first));
        Note("u1", "Lost", "silent");
        Assert.NotEqual(first.Metadata.Name, Assert.Single(await SeeEventsAsync(1)).Metadata.Name);
    }

    [Fact]
    public async Task An_object_that_floods_is_held_to_25_and_then_one_per_5_minutes()
    {
        for (var i = 0; i < 60; i++)
        {
            Note("u1", "Flood", $"note {i}");
        }

        Note("u2", "Calm", "another object is not held");
        await Eventually.SeeAsync("26 events", ListAsync, e => e.Count == 26 && e.Any(x => x.Reason == "Calm"));
        _time.Advance(TimeSpan.FromMinutes(5));
        Note("u1", "Flood", "later");
        Note("u1", "Flood", "too early again");
        Note("u2", "Done", "end");
        await Eventually.SeeAsync("28 events", ListAsync, e => e.Count == 28 && e.Any(x => x.Reason == "Done"));
        Assert.DoesNotContain(await ListAsync(), e => e.Note == "too early again");
    }

    [Fact]
    public async Task Long_notes_are_cut_to_what_the_server_takes()
    {
        Note("u1", "Long", new string('ü', 2000) + "😀");
        var note = Assert.Single(await SeeEventsAsync(1)).Note!;
        Assert.InRange(Encoding.UTF8.GetByteCount(note), 900, 1024);
        Assert.All(note, c => Assert.Equal('ü', c));
    }

    [Fact]
    public async Task A_server_that_refuses_events_harms_nobody()
    {
        _server.Intercept = async context =>
        {
            await FakeApiServer.RefuseAsync(context, 403, "Forbidden", "no events for you");
            return true;
        };
        Note("u1", "Lost", "never written");
        await Eventually.SeeAsync("the refusal", () => Task.FromResult(_server.Requests.Count), count => count == 1);
        _server.Intercept = null;
        Note("u1", "Next", "written");
        Assert.Equal("Next", Assert.Single(await SeeEventsAsync(1)).Reason);
    }

    [Fact]
    public async Task What_was_recorded_before_the_end_is_still_written()
    {
        var recorder = new EventRecorder(_client, "loadtest.dev/tests", "tests-2", _time, NullLogger.Instance);
        recorder.Record(About("u1"), EventType.Warning, "Last", "Stop", "before the end");
        await recorder.RunAsync(new CancellationToken(canceled: true));
        Assert.Equal("Warning", Assert.Single(await ListAsync()).Type);
    }

    private static Pod About(string uid) => new() { Metadata = new ObjectMeta { Name = "p", Namespace = "shop", Uid = uid } };

    private void Note(string uid, string reason, string note) => _recorder.Record(About(uid), EventType.Normal, reason, "Run", note);

    private async Task<IReadOnlyList<Event>> ListAsync() => (await _client.ListAsync(Resources.Events)).Items;

    private Task<IReadOnlyList<Event>> SeeEventsAsync(int count) => Eventually.SeeAsync($"{count} events", ListAsync, events => events.Count == count);
}
