using System.Threading.Channels;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Kubernetes.Control;

/// <summary>
/// Reports events in the background: recording never waits and never fails. Equal notes within 6 min become one event with a growing series
/// count; an object gets a burst of 25 new events and then one per 5 min (client-go's spam filter), because events share etcd with everything.
/// </summary>
public sealed partial class EventRecorder : IRunnable
{
    // Beyond this the API server is away or far too slow; the newest events matter most then.
    private const int Backlog = 1000;

    private readonly Channel<(EventNote Note, DateTimeOffset At)> _notes = Channel.CreateBounded<(EventNote, DateTimeOffset)>(
        new BoundedChannelOptions(Backlog) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly IWriter _writer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly EventCorrelator _correlator;
    private readonly string _controller;
    private readonly string _instance;
    private readonly Func<string, string> _shown;

    /// <param name="writer">Writes events.</param>
    /// <param name="controller">Qualified name of the reporter, e.g. <c>loadtest.dev/operator</c>.</param>
    /// <param name="instance">Which process of it, at most 128 characters.</param>
    /// <param name="time">Clock of stamps and of aggregation.</param>
    /// <param name="logger">Where events go that cannot be written.</param>
    /// <param name="shown">What every note passes through, e.g. to take controls of terminals out of it; null = notes stay as they are.</param>
    public EventRecorder(IWriter writer, string controller, string instance, TimeProvider time, ILogger logger, Func<string, string>? shown = null)
    {
        _shown = shown ?? (note => note);
        _writer = writer;
        _controller = controller;
        _instance = instance;
        _time = time;
        _logger = logger;
        _correlator = new EventCorrelator(time);
    }

    /// <summary>Reports something that happened now.</summary>
    public void Record(EventNote note) => _notes.Writer.TryWrite((note with { Note = _shown(note.Note) }, _time.GetUtcNow()));

    /// <summary>Reports something that happened now to an object as read.</summary>
    public void Record(IKubernetesObject regarding, EventType type, string reason, string action, string note) =>
        Record(new EventNote(ObjectReference.To(regarding), type, reason, action, note));

    /// <summary>Writes until cancelled, then writes what is left, for at most 5 s.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (var (note, at) in _notes.Reader.ReadAllAsync(cancellation))
            {
                await WriteAsync(note, at, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            using var last = new CancellationTokenSource(TimeSpan.FromSeconds(5), _time);
            while (!last.IsCancellationRequested && _notes.Reader.TryRead(out var left))
            {
                await WriteAsync(left.Note, left.At, last.Token);
            }
        }
    }

    private async Task WriteAsync(EventNote note, DateTimeOffset at, CancellationToken cancellation)
    {
        try
        {
            switch (_correlator.Judge(note))
            {
                case EventVerdict.Repeat repeat:
                    await RepeatAsync(note, repeat, at, cancellation);
                    break;
                case EventVerdict.Fresh:
                    var written = await _writer.CreateAsync(Resources.Events, EventShape.Of(note, at, _controller, _instance), cancellation);
                    _correlator.Written(note, NamespacedName.Of(written));
                    break;
                default:
                    LogSuppressed(note.Reason, note.Regarding.Kind, note.Regarding.Name);
                    break;
            }
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException or TimeoutException or OperationCanceledException)
        {
            LogNotWritten(e, note.Reason, note.Regarding.Kind, note.Regarding.Name, note.Note);
        }
    }

    private async Task RepeatAsync(EventNote note, EventVerdict.Repeat repeat, DateTimeOffset at, CancellationToken cancellation)
    {
        try
        {
            await _writer.PatchAsync(Resources.Events, repeat.Event, EventShape.Series(repeat.Count, at), cancellation);
        }
        catch (ApiException e) when (e.Error.IsNotFound)
        {
            // Events live for an hour by default; the series goes on under a new one.
            var written = await _writer.CreateAsync(Resources.Events, EventShape.Of(note, at, _controller, _instance), cancellation);
            _correlator.Written(note, NamespacedName.Of(written));
        }
    }
}
