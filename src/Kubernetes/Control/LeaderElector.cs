using LoadTesting.Kubernetes.Client;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Kubernetes.Control;

/// <summary>
/// Lets one process of several work, by a Lease. Built on monotonic time only, so that a stepped clock moves nothing.
/// <code>
/// candidate ──took the lease──→ leader ──renewal at most RenewDeadline ago──→ leader
///                                 │ └─deadline passed: work cancelled, no more writes, LeadershipLostException
///                                 └─told to stop: work cancelled, renewing until it has ended, lease released
/// </code>
/// Not fencing: a process that is suspended for longer than the lease wakes up believing to lead until its next look at the clock.
/// Guarded writes therefore also need preconditions. Tolerates clocks that run at different rates up to LeaseDuration / RenewDeadline.
/// </summary>
public sealed partial class LeaderElector
{
    /// <summary>The longest jittered pause, in retry periods; jitter keeps candidates from asking in step.</summary>
    public const double JitterFactor = 1.2;

    private readonly LeaderElectionOptions _options;
    private readonly LeaseClaim _claim;
    private readonly TimeProvider _time;
    private readonly ControlMetrics _metrics;
    private readonly ILogger _logger;
    private long _renewed;
    private volatile bool _leads;

    /// <param name="options">Lease, identity and times.</param>
    /// <param name="reader">Reads the lease.</param>
    /// <param name="writer">Writes the lease.</param>
    /// <param name="time">Monotonic clock of all decisions; its wall clock goes into the record for people.</param>
    /// <param name="metrics">Where leadership is shown.</param>
    /// <param name="logger">Where transitions go.</param>
    /// <exception cref="ArgumentException">The options contradict themselves; the message lists all problems.</exception>
    public LeaderElector(LeaderElectionOptions options, IReader reader, IWriter writer, TimeProvider time, ControlMetrics metrics, ILogger logger)
    {
        if (options.Problems() is { Count: > 0 } problems)
        {
            throw new ArgumentException(string.Join("; ", problems), nameof(options));
        }

        _options = options;
        _claim = new LeaseClaim(options, reader, writer, time);
        _time = time;
        _metrics = metrics;
        _logger = logger;
    }

    /// <summary>Whether this process leads at this instant: it looks at the clock, so it is right even before the deadline's timer fired.</summary>
    public bool IsLeader => _leads && _time.GetElapsedTime(Interlocked.Read(ref _renewed)) < _options.RenewDeadline;

    /// <summary>Who holds the lease as last seen; null when nobody does.</summary>
    public string? Holder => _claim.Holder;

    /// <summary>Waits for the lease, then runs the work under it.</summary>
    /// <param name="work">What only the leader may do; must end soon after its token is cancelled.</param>
    /// <param name="cancellation">Stops candidate and leader; a leader first ends its work, then releases the lease.</param>
    /// <returns>When the work has ended, of itself or after cancellation.</returns>
    /// <exception cref="LeadershipLostException">The lease could not be renewed in time; the work has been cancelled and has ended.</exception>
    public async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        await AcquireAsync(cancellation);
        _leads = true;
        _metrics.Leader.WithLabels(_options.Lease.Name).Inc();
        LogLeads(_options.Identity, _options.Lease);
        try
        {
            await LeadAsync(work, cancellation);
        }
        finally
        {
            _leads = false;
            _metrics.Leader.WithLabels(_options.Lease.Name).Dec();
        }
    }

    private async Task AcquireAsync(CancellationToken cancellation)
    {
        while (true)
        {
            // Others count from the write's arrival; counting from before it was sent is never later than they do.
            var sent = _time.GetTimestamp();
            using var deadline = new CancellationTokenSource(_options.RenewDeadline, _time);
            if (await AttemptAsync(deadline.Token, cancellation) && _time.GetElapsedTime(sent) < _options.RenewDeadline)
            {
                Interlocked.Exchange(ref _renewed, sent);
                return;
            }

            cancellation.ThrowIfCancellationRequested();
            // A bound candidate comes back when the promise ends, if that is sooner: failover does not wait for a whole extra period.
            var pause = Jittered(_options.RetryPeriod);
            var binding = _claim.Binding;
            await Task.Delay(binding > TimeSpan.Zero && binding < pause ? binding : pause, _time, cancellation);
        }
    }

    private async Task LeadAsync(Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        using var working = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var renewing = new CancellationTokenSource();
        var renewals = RenewAsync(renewing.Token);
        var done = RunWorkAsync(work, working.Token);
        var lost = await Task.WhenAny(done, renewals) == renewals;
        await working.CancelAsync();
        try
        {
            // While the work ends after a cancellation the lease is still renewed: nobody may begin before it has ended.
            await done;
        }
        finally
        {
            await renewing.CancelAsync();
            lost |= !await renewals;
        }

        if (lost)
        {
            LogLost(_options.Identity, _options.Lease);
            throw new LeadershipLostException(_options.Lease);
        }

        await ReleaseAsync();
    }

    private static async Task RunWorkAsync(Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        try
        {
            await work(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The way in which work ends when it is told to.
            return;
        }
    }

    /// <returns>True when told to stop, false when the deadline passed.</returns>
    private async Task<bool> RenewAsync(CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(_options.RenewDeadline - _time.GetElapsedTime(_renewed), _time);
        while (true)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
            await Task.Delay(Jittered(_options.RetryPeriod), _time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested || !IsLeader)
            {
                return stop.IsCancellationRequested && IsLeader;
            }

            var sent = _time.GetTimestamp();
            if (await AttemptAsync(deadline.Token, stop) && _time.GetElapsedTime(_renewed) < _options.RenewDeadline)
            {
                Interlocked.Exchange(ref _renewed, sent);
                deadline.CancelAfter(_options.RenewDeadline - _time.GetElapsedTime(sent));
            }
            else if (_claim.Holder is { } other && other != _options.Identity)
            {
                return false;
            }
        }
    }

    private async Task<bool> AttemptAsync(CancellationToken deadline, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline, stop);
        try
        {
            return await _claim.TryAsync(either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException or TimeoutException)
        {
            LogAttemptFailed(e, _options.Lease);
            return false;
        }
    }

    private async Task ReleaseAsync()
    {
        using var deadline = new CancellationTokenSource(_options.RenewDeadline - _time.GetElapsedTime(_renewed), _time);
        try
        {
            await _claim.ReleaseAsync(deadline.Token);
            LogReleased(_options.Identity, _options.Lease);
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException or OperationCanceledException)
        {
            // Others then wait for the lease to run out.
            LogAttemptFailed(e, _options.Lease);
        }
    }

    private static TimeSpan Jittered(TimeSpan period) => period * (1 + (Random.Shared.NextDouble() * (JitterFactor - 1)));
}
