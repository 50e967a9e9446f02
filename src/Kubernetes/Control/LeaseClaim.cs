using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Control;

/// <summary>
/// One candidate's view of the lease and its single attempts at it. Remembers when, by its own monotonic clock, it last saw the record change:
/// the times inside the record are other hosts' wall clocks and are never compared.
/// </summary>
internal sealed class LeaseClaim
{
    private readonly LeaderElectionOptions _options;
    private readonly IReader _reader;
    private readonly IWriter _writer;
    private readonly TimeProvider _time;
    private Lease? _seen;
    private long _changed;

    public LeaseClaim(LeaderElectionOptions options, IReader reader, IWriter writer, TimeProvider time)
    {
        _options = options;
        _reader = reader;
        _writer = writer;
        _time = time;
    }

    /// <summary>Who holds the lease as last seen; null when nobody does.</summary>
    public string? Holder => _seen?.Spec.HolderIdentity is { Length: > 0 } holder ? holder : null;

    /// <summary>How long the holder's promise, as seen from here, still binds others; zero when it does not.</summary>
    public TimeSpan Binding
    {
        get
        {
            if (Holder is null || Holder == _options.Identity)
            {
                return TimeSpan.Zero;
            }

            var duration = TimeSpan.FromSeconds(_seen!.Spec.LeaseDurationSeconds ?? _options.LeaseDuration.TotalSeconds);
            var left = duration - _time.GetElapsedTime(_changed);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Takes or renews the lease if nobody else's promise binds us.</summary>
    /// <returns>Whether it is ours by this very attempt.</returns>
    public async Task<bool> TryAsync(CancellationToken cancellation)
    {
        // A leader writes on what it wrote last; whoever interfered makes that a conflict, and the next attempt reads.
        if (Holder != _options.Identity)
        {
            See(await _reader.FindAsync(Resources.Leases, _options.Lease, cancellation));
            if (Binding > TimeSpan.Zero)
            {
                return false;
            }
        }

        try
        {
            See(_seen is null
                ? await _writer.CreateAsync(Resources.Leases, Written(new Lease { Metadata = Identity() }, transitions: 0), cancellation)
                : await _writer.UpdateAsync(Resources.Leases, Written(_seen, Transitions(_seen)), cancellation));
            return true;
        }
        catch (ApiException e) when (e.Error.IsConflict || e.Error.IsAlreadyExists || e.Error.IsNotFound)
        {
            See(await _reader.FindAsync(Resources.Leases, _options.Lease, cancellation));
            return false;
        }
    }

    /// <summary>Gives the lease up so that the next candidate need not wait. Only for a holder whose work has ended.</summary>
    public async Task ReleaseAsync(CancellationToken cancellation)
    {
        if (_seen is { } mine && Holder == _options.Identity)
        {
            var now = _time.GetUtcNow();
            See(await _writer.UpdateAsync(
                Resources.Leases,
                mine with { Spec = mine.Spec with { HolderIdentity = "", LeaseDurationSeconds = 1, AcquireTime = now, RenewTime = now } },
                cancellation));
        }
    }

    private void See(Lease? lease)
    {
        if (lease is null || _seen is null || Record(lease) != Record(_seen))
        {
            _changed = _time.GetTimestamp();
        }

        _seen = lease;
    }

    // Not the whole object: an annotation is no sign of life.
    private static (string?, int?, DateTimeOffset?, DateTimeOffset?, int?) Record(Lease lease) =>
        (lease.Spec.HolderIdentity, lease.Spec.LeaseDurationSeconds, lease.Spec.AcquireTime, lease.Spec.RenewTime, lease.Spec.LeaseTransitions);

    private int Transitions(Lease seen) => (seen.Spec.LeaseTransitions ?? 0) + (seen.Spec.HolderIdentity == _options.Identity ? 0 : 1);

    private ObjectMeta Identity() => new() { Name = _options.Lease.Name, Namespace = _options.Lease.Namespace };

    private Lease Written(Lease lease, int transitions)
    {
        var now = _time.GetUtcNow();
        var mine = lease.Spec.HolderIdentity == _options.Identity;
        return lease with
        {
            Spec = lease.Spec with
            {
                HolderIdentity = _options.Identity,
                LeaseDurationSeconds = (int)_options.LeaseDuration.TotalSeconds,
                AcquireTime = mine ? lease.Spec.AcquireTime : now,
                RenewTime = now,
                LeaseTransitions = transitions,
            },
        };
    }
}
