using System.Threading.Channels;
using LoadTesting.Kubernetes.Caching;
using LoadTesting.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Kubernetes.Control;

/// <summary>Informers → queue → workers → <see cref="IReconciler"/>. Declare what to watch, then run it once.</summary>
public sealed partial class Controller : IRunnable, IDisposable
{
    private readonly string _name;
    private readonly IReconciler _reconciler;
    private readonly ControllerOptions _options;
    private readonly TimeProvider _time;
    private readonly ControlMetrics _metrics;
    private readonly ILogger _logger;
    private readonly WorkQueue<NamespacedName> _queue;
    private readonly List<IInformer> _informers = [];

    /// <param name="name">For metrics and logs, lower case.</param>
    /// <param name="reconciler">What to do with a key.</param>
    /// <param name="options">Workers and patience.</param>
    /// <param name="time">Clock of delays and back-offs.</param>
    /// <param name="metrics">controller-runtime's instruments.</param>
    /// <param name="logger">Where failures go.</param>
    public Controller(string name, IReconciler reconciler, ControllerOptions options, TimeProvider time, ControlMetrics metrics, ILogger logger)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Workers, 1);
        _name = name;
        _reconciler = reconciler;
        _options = options;
        _time = time;
        _metrics = metrics;
        _logger = logger;
        _queue = new WorkQueue<NamespacedName>(name, time, metrics);
        metrics.KnowController(name);
    }

    /// <summary>Reconciles every object of this informer when it changes.</summary>
    public Controller For<T>(Informer<T> informer)
        where T : class, IKubernetesObject =>
        Watch(informer, static change => [change.Name]);

    /// <summary>Reconciles the controlling owner, if it is of this kind, when one of its objects changes.</summary>
    /// <param name="group">The owner's API group, whatever its version.</param>
    /// <param name="kind">The owner's kind.</param>
    public Controller Owns<T>(Informer<T> informer, string group, string kind)
        where T : class, IKubernetesObject =>
        Watch(informer, change => Owners(change, group, kind));

    /// <summary>Reconciles whatever a change of another object concerns.</summary>
    /// <param name="concerned">Change → names of the objects to reconcile.</param>
    public Controller Watch<T>(Informer<T> informer, Func<Change<T>, IEnumerable<NamespacedName>> concerned)
        where T : class, IKubernetesObject
    {
        _informers.Add(informer);
        informer.AddHandler(change =>
        {
            foreach (var name in concerned(change))
            {
                _queue.Add(name);
            }
        });
        return this;
    }

    /// <summary>Reconciles an object for a reason that no informer sees.</summary>
    public void Enqueue(NamespacedName name) => _queue.Add(name);

    /// <summary>Waits for the caches, then works until cancelled; returns when the last pass has ended.</summary>
    /// <exception cref="TimeoutException">A cache did not fill in time.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await WaitForCachesAsync(cancellation);
            LogStarted(_name, _options.Workers);
            _metrics.MaxWorkers.WithLabels(_name).Inc(_options.Workers);
            await Task.WhenAll(Enumerable.Range(0, _options.Workers).Select(_ => Task.Run(() => WorkAsync(cancellation), CancellationToken.None)));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            LogStopped(_name);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _queue.Dispose();

    private static IEnumerable<NamespacedName> Owners<T>(Change<T> change, string group, string kind)
        where T : class, IKubernetesObject =>
        // A controller reference can be taken away: the old owner has to hear of it, too.
        new[] { change.Old, change.New }
            .Select(item => (item?.Metadata.Namespace, Owner: item?.Metadata.Controller))
            .Where(i => i.Owner is { } owner && owner.Kind == kind && owner.ApiVersion.StartsWith($"{group}/", StringComparison.Ordinal))
            .Select(i => new NamespacedName(i.Namespace ?? "", i.Owner!.Name))
            .Distinct();

    private async Task WaitForCachesAsync(CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(_options.SyncTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        foreach (var informer in _informers)
        {
            try
            {
                await informer.WaitForSyncAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new TimeoutException($"{_name}: could not list {informer.Name} within {_options.SyncTimeout}; is it installed, and may we list and watch it?");
            }
        }
    }

    private async Task WorkAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            NamespacedName name;
            try
            {
                name = await _queue.TakeAsync(cancellation);
            }
            catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
            {
                return;
            }

            _metrics.ActiveWorkers.WithLabels(_name).Inc();
            try
            {
                Settle(name, await PassAsync(name, cancellation), cancellation);
            }
            finally
            {
                _queue.Done(name);
                _metrics.ActiveWorkers.WithLabels(_name).Dec();
            }
        }
    }

    private async Task<ReconcileResult> PassAsync(NamespacedName name, CancellationToken cancellation)
    {
        using var scope = _logger.BeginScope(new Dictionary<string, object> { ["controller"] = _name, ["object"] = name });
        var began = _time.GetTimestamp();
        try
        {
            return await _reconciler.ReconcileAsync(name, cancellation);
        }
        catch (Exception e) when (ExpectedFailure.Is(e))
        {
            return new ReconcileResult.Failed(e);
        }
        catch (Exception e)
        {
            // Neither the API server nor the network explains it, so it is a defect: the one thing that this counter is for.
            if (!cancellation.IsCancellationRequested)
            {
                _metrics.Panics.WithLabels(_name).Inc();
            }

            return new ReconcileResult.Failed(e);
        }
        finally
        {
            _metrics.ReconcileTime.WithLabels(_name).Observe(_time.GetElapsedTime(began).TotalSeconds);
        }
    }

    private void Settle(NamespacedName name, ReconcileResult result, CancellationToken cancellation)
    {
        switch (result)
        {
            case ReconcileResult.Failed when cancellation.IsCancellationRequested:
                LogInterrupted(_name, name);
                break;
            case ReconcileResult.Failed failed:
                _queue.AddRateLimited(name, failed.Within);
                Count("error");
                _metrics.ReconcileErrors.WithLabels(_name).Inc();
                LogFailed(failed.Error, _name, name, _queue.Failures(name));
                break;
            case ReconcileResult.Terminal terminal:
                _queue.Forget(name);
                Count("error");
                _metrics.ReconcileErrors.WithLabels(_name).Inc();
                _metrics.TerminalErrors.WithLabels(_name).Inc();
                LogTerminal(terminal.Error, _name, name);
                break;
            case ReconcileResult.After after:
                _queue.Forget(name);
                _queue.AddAfter(name, after.Delay);
                Count("requeue_after");
                break;
            default:
                _queue.Forget(name);
                Count("success");
                break;
        }
    }

    private void Count(string result) => _metrics.ReconcileTotal.WithLabels(_name, result).Inc();
}
