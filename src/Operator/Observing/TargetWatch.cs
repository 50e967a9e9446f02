using LoadTesting.Kubernetes.Caching;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Collecting;
using LoadTesting.Model.Observing;
using LoadTesting.Model.Spec;
using LoadTesting.Operator.Collection;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Operator.Observing;

/// <summary>
/// Observes the target of one run: follows its Pods, and has runners ask Prometheus. Everything is taken in on the run's beat, so that it needs no lock; what takes time happens beside it. Dispose
/// ends the following.
/// </summary>
public sealed class TargetWatch : IDisposable
{
    /// <summary>Pods that are observed at most.</summary>
    public const int MostPods = 200;

    // Who looks first so long after T0 does not know how it was then.
    private static readonly Duration Late = Duration.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ObservedPods? _wanted;
    private readonly string _space;
    private readonly RunCollector _collector;
    private readonly TimeProvider _time;
    private readonly PodLedger _ledger = new();
    private readonly Informer<Pod>? _pods;
    private readonly CancellationTokenSource _end = new();
    private Task<VerbResult>? _asked;
    private bool _isLate;
    private int _told;
    private DateTimeOffset? _waitsSince;

    /// <param name="spec">The test.</param>
    /// <param name="space">Its namespace.</param>
    /// <param name="collector">Gets what is observed.</param>
    /// <param name="client">Lists and watches Pods; null where there is no cluster to look at.</param>
    /// <param name="time">Clock of patience.</param>
    /// <param name="logger">Where failures of watching go.</param>
    public TargetWatch(LoadTestSpec spec, string space, RunCollector collector, ApiAccess? client, TimeProvider time, ILogger logger)
    {
        (_wanted, _collector, _time) = (spec.Observe?.Pods, collector, time);
        _space = _wanted?.Namespace ?? space;
        if (_wanted is not null && client is not null)
        {
            _pods = new Informer<Pod>(Resources.Pods, client.Reader, client.Watcher, new InformerOptions { Namespaces = [_space], LabelSelector = _wanted.Selector.ToString() }, time, logger);
            _ = FollowAsync(_pods, _end.Token);
        }
    }

    /// <summary>What the next process must know of the Pods; null when there is nothing.</summary>
    public string? Written => _ledger.Written;

    /// <summary>Takes up what an earlier process wrote.</summary>
    public void Restore(string? written) => _ledger.Restore(written);

    /// <summary>Looks at the Pods.</summary>
    /// <param name="load">Time since T0; null before it is agreed.</param>
    /// <param name="counts">A second of the load has gone by since the last sample.</param>
    public void LookAtPods(Duration? load, bool counts)
    {
        if (_wanted is null)
        {
            return;
        }

        var since = load ?? new Duration(-1);
        if (Trouble() is { } trouble)
        {
            _collector.Observations.PodsUnseen(trouble);
            return;
        }

        _isLate |= !_ledger.HasLooked && since > Late;
        _ledger.Look([.. _pods!.Store.List().Select(PodGlance.Of)], since);
        if (since < Duration.Zero)
        {
            return;
        }

        foreach (var happening in _ledger.Happenings.Skip(_told))
        {
            _collector.Observations.Take(happening);
            _told++;
        }

        foreach (var mark in _ledger.Marks)
        {
            _collector.Mark(mark);
        }

        if (_isLate || _ledger.Reading is not { } reading)
        {
            _collector.Observations.PodsUnseen(_isLate ? "the Pods were first seen when the load had begun" : $"no Pod matches {_wanted.Selector} in namespace {_space}");
        }
        else if (counts)
        {
            _collector.Observations.Take(reading);
        }
    }

    /// <summary>Takes answers of Prometheus in, and has asked what is due; waits for nothing.</summary>
    /// <param name="load">Time since T0, or the length of the load once it has ended.</param>
    /// <param name="isOver">The load has ended.</param>
    /// <param name="ask">Has a runner ask; null when none can.</param>
    /// <returns>Whether all is in that can come.</returns>
    public async Task<bool> AskAsync(Duration load, bool isOver, Func<IReadOnlyList<QueryDue>, Task<VerbResult>>? ask)
    {
        var log = _collector.Observations;
        if (_asked is { IsCompleted: true } done)
        {
            _asked = null;
            Take(log, await done);
        }

        var due = log.Due(load, isOver);
        if (due.Count == 0)
        {
            return _asked is null;
        }

        if (_asked is null && ask is not null)
        {
            _asked = ask(due);
        }

        _waitsSince = isOver ? _waitsSince ?? _time.GetUtcNow() : null;
        return _waitsSince is { } since && _time.GetUtcNow() - since > Patience;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
    }

    private void Take(ObservationLog log, VerbResult result)
    {
        foreach (var answer in result.IsDone ? ObservationMessages.ReadAnswers(result.Text) ?? [] : [])
        {
            var before = log.Snapshot;
            log.Take(answer);
            // As long as something comes, more may: a long run is asked for in pieces after another process has taken over.
            _waitsSince = ReferenceEquals(before, log.Snapshot) ? _waitsSince : null;
        }
    }

    private string? Trouble() => _pods is not { HasSynced: true } ? $"Pods of namespace {_space} could not be read: may the operator?"
        : _pods.Store.List().Count is > MostPods and var count ? $"{_wanted!.Selector} matches {count} Pods, at most {MostPods} are observed"
        : null;

    private static async Task FollowAsync(Informer<Pod> pods, CancellationToken end)
    {
        try
        {
            await pods.RunAsync(end);
        }
        catch (OperationCanceledException)
        {
            // The run is over.
            return;
        }
    }
}

/// <summary>Reads the API server.</summary>
/// <param name="Reader">Lists.</param>
/// <param name="Watcher">Watches.</param>
public sealed record ApiAccess(IReader Reader, IWatcher Watcher);
