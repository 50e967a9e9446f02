using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Kubernetes.Caching;

/// <summary>
/// Mirrors a collection: list, then watch from the list's version.
/// <code>
/// list ─ok─→ watch ─orderly end, cut, silence─→ pause ─→ watch from the last version seen
///  ↑ └fail─→ pause ┐      └─410, disorder, corrupt line, relist due─→ pause ─┐
///  └───────────────┴───────────────────────────────────────────────────────┘
/// </code>
/// Versions of one stream grow; an event older than its predecessor means that something between the server and us re-ordered the stream,
/// and a list is the only state that can still be trusted.
/// </summary>
public sealed partial class Reflector<T>
    where T : class, IKubernetesObject
{
    // A server that accepts a watch and ends it at once would otherwise be asked in a busy loop.
    private static readonly TimeSpan HealthyStream = TimeSpan.FromSeconds(1);

    private readonly ResourceType<T> _type;
    private readonly IReader _reader;
    private readonly IWatcher _watcher;
    private readonly string? _namespace;
    private readonly InformerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <param name="type">The kind to follow.</param>
    /// <param name="reader">Lists.</param>
    /// <param name="watcher">Watches.</param>
    /// <param name="namespaceName">The namespace; null = all.</param>
    /// <param name="options">Which objects, and patience.</param>
    /// <param name="time">Clock of pauses and watchdogs.</param>
    /// <param name="logger">Where failures go.</param>
    public Reflector(ResourceType<T> type, IReader reader, IWatcher watcher, string? namespaceName, InformerOptions options, TimeProvider time, ILogger logger)
    {
        _type = type;
        _reader = reader;
        _watcher = watcher;
        _namespace = namespaceName;
        _options = options;
        _time = time;
        _logger = logger;
    }

    private enum StreamEnd
    {
        Resume,
        ResumeAfterPause,
        RelistAfterPause,
    }

    /// <summary>Runs until cancelled, through every failure.</summary>
    /// <param name="replace">Told of complete lists.</param>
    /// <param name="apply">Told of additions, changes and deletions since.</param>
    public async Task RunAsync(Action<IReadOnlyList<T>> replace, Action<WatchEvent<T>> apply, CancellationToken cancellation)
    {
        var backoff = new JitteredBackoff(_time) { Base = _options.FirstPause };
        try
        {
            while (true)
            {
                if (await TryListAsync(replace, cancellation) is { } version)
                {
                    await FollowAsync(version, apply, backoff, cancellation);
                }

                await Task.Delay(backoff.Next(), _time, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            LogStopped(_type.ToString());
        }
    }

    private async Task<string?> TryListAsync(Action<IReadOnlyList<T>> replace, CancellationToken cancellation)
    {
        try
        {
            var list = await _reader.ListAsync(
                _type,
                new ListOptions { Namespace = _namespace, LabelSelector = _options.LabelSelector, FieldSelector = _options.FieldSelector },
                cancellation);
            replace(list.Items);
            LogListed(_type.ToString(), list.Items.Count, list.ResourceVersion);
            return list.ResourceVersion;
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            LogListFailed(e, _type.ToString());
            return null;
        }
    }

    private async Task FollowAsync(string version, Action<WatchEvent<T>> apply, JitteredBackoff backoff, CancellationToken cancellation)
    {
        var listed = _time.GetTimestamp();
        while (true)
        {
            var began = _time.GetTimestamp();
            (var end, version) = await WatchAsync(version, apply, cancellation);
            if (end == StreamEnd.RelistAfterPause || _time.GetElapsedTime(listed) >= _options.RelistAfter)
            {
                return;
            }

            if (end == StreamEnd.ResumeAfterPause || _time.GetElapsedTime(began) < HealthyStream)
            {
                await Task.Delay(backoff.Next(), _time, cancellation);
            }
        }
    }

    private async Task<(StreamEnd End, string Version)> WatchAsync(string version, Action<WatchEvent<T>> apply, CancellationToken cancellation)
    {
        using var watchdog = new CancellationTokenSource(_options.Silence, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, watchdog.Token);
        try
        {
            var options = new WatchOptions
            {
                Namespace = _namespace,
                LabelSelector = _options.LabelSelector,
                FieldSelector = _options.FieldSelector,
                ResourceVersion = version,
            };
            await foreach (var change in _watcher.WatchAsync(_type, options, either.Token))
            {
                watchdog.CancelAfter(_options.Silence);
                if (change.Error is { } error)
                {
                    LogWatchError(_type.ToString(), error.ToString());
                    return (error.IsExpired ? StreamEnd.RelistAfterPause : StreamEnd.ResumeAfterPause, version);
                }

                if (ResourceVersions.IsOlder(change.ResourceVersion, version))
                {
                    LogDisorder(_type.ToString(), change.ResourceVersion, version);
                    return (StreamEnd.RelistAfterPause, version);
                }

                if (change.Type != WatchEventType.Bookmark)
                {
                    apply(change);
                }

                version = change.ResourceVersion;
            }

            return (StreamEnd.Resume, version);
        }
        catch (OperationCanceledException) when (watchdog.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            LogSilent(_type.ToString(), _options.Silence);
            return (StreamEnd.ResumeAfterPause, version);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            LogWatchFailed(e, _type.ToString());
            var relist = e is InvalidDataException || (e is ApiException refused && refused.Error.IsExpired);
            return (relist ? StreamEnd.RelistAfterPause : StreamEnd.ResumeAfterPause, version);
        }
    }
}
