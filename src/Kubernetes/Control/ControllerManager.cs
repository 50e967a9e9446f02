using LoadTesting.Kubernetes.Caching;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Kubernetes.Control;

/// <summary>
/// Runs the process's parts in order. Start: informers and what runs in every replica; then, when leading, what only the leader may do.
/// Stop: the leader's part, then the lease, then the rest. The first part that fails, and a lost lease, stop everything.
/// </summary>
public sealed partial class ControllerManager
{
    private readonly ControllerManagerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LeaderElector? _elector;
    private readonly List<IInformer> _informers = [];
    private readonly List<IRunnable> _always = [];
    private readonly List<IRunnable> _leading = [];

    /// <param name="options">Patience.</param>
    /// <param name="time">Clock of the graceful stop.</param>
    /// <param name="logger">Where the course of things goes.</param>
    /// <param name="elector">Null: this process leads without asking.</param>
    public ControllerManager(ControllerManagerOptions options, TimeProvider time, ILogger logger, LeaderElector? elector = null)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _elector = elector;
    }

    /// <summary>Whether all caches are filled; what <c>/readyz</c> says.</summary>
    public bool IsReady => _informers.All(i => i.HasSynced);

    /// <summary>Adds a cache; candidates keep theirs warm, too.</summary>
    public ControllerManager Add(IInformer informer)
    {
        _informers.Add(informer);
        return this;
    }

    /// <summary>Adds what runs in every replica.</summary>
    public ControllerManager AddAlways(IRunnable runnable)
    {
        _always.Add(runnable);
        return this;
    }

    /// <summary>Adds what only the leader runs.</summary>
    public ControllerManager AddLeading(IRunnable runnable)
    {
        _leading.Add(runnable);
        return this;
    }

    /// <summary>Runs everything until cancelled or until a part fails; returns when all parts have ended.</summary>
    /// <exception cref="LeadershipLostException">The lease was lost.</exception>
    /// <exception cref="TimeoutException">A part did not end within the graceful stop, or a cache did not fill.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        // The rest outlives the leader's part: caches and event writers serve it to its end.
        using var rest = new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var supporting = _informers.Select(i => WatchOverAsync(i.RunAsync(rest.Token), stop, rest.Token))
            .Concat(_always.Select(r => WatchOverAsync(r.RunAsync(rest.Token), stop, rest.Token)))
            .ToList();
        try
        {
            await LeadAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            LogStopping();
        }
        finally
        {
            await stop.CancelAsync();
            await rest.CancelAsync();
            await WithinGraceAsync(Task.WhenAll(supporting));
        }
    }

    private Task LeadAsync(CancellationToken stop) => _elector is null ? RunLeadingAsync(stop) : _elector.RunAsync(RunLeadingAsync, stop);

    private async Task RunLeadingAsync(CancellationToken stop)
    {
        using var together = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var parts = _leading.Select(r => WatchOverAsync(r.RunAsync(together.Token), together, together.Token)).ToList();
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, together.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await WithinGraceAsync(Task.WhenAll(parts));
    }

    /// <summary>A part that ends before it is told to takes the others down: half a process helps nobody.</summary>
    private static async Task WatchOverAsync(Task part, CancellationTokenSource others, CancellationToken told)
    {
        try
        {
            await part;
            if (!told.IsCancellationRequested)
            {
                throw new InvalidOperationException("a part of the process ended before it was told to");
            }
        }
        catch (OperationCanceledException) when (told.IsCancellationRequested)
        {
            return;
        }
        finally
        {
            await others.CancelAsync();
        }
    }

    private async Task WithinGraceAsync(Task parts)
    {
        try
        {
            await parts.WaitAsync(_options.GracefulStop, _time);
        }
        catch (TimeoutException) when (!parts.IsCompleted)
        {
            LogNotStopped(_options.GracefulStop);
            throw;
        }
    }
}
