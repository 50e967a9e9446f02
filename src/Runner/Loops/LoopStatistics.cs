using LoadTesting.Metrics;

namespace LoadTesting.Runner.Loops;

/// <summary>
/// How long a loop was busy with one turn, that is, could not look at its sockets and timers: what everybody on the loop waits for beside their own answer. Written by
/// the loop, read by others, hence the lock, which is taken for long turns only.
/// </summary>
internal sealed class LoopStatistics
{
    /// <summary>Turns shorter than this are nobody's trouble and are not recorded: 1 ms.</summary>
    public const long ShortestStall = 1_000_000;

    private readonly Lock _gate = new();
    private readonly LatencyHistogram _stalls = new();
    private long _began;
    private long _lackedDescriptors;
    private long _lackedPorts;

    /// <summary>Connections that could not be made because the process or the system had no file descriptor left.</summary>
    public long LackedDescriptors => Interlocked.Read(ref _lackedDescriptors);

    /// <summary>Connections that could not be made because all local ports to that server were taken.</summary>
    public long LackedPorts => Interlocked.Read(ref _lackedPorts);

    /// <summary>Counts a failed attempt to connect, if the machine here is to blame for it.</summary>
    public void CountFailure(int error)
    {
        if (error is Linux.TooManyFiles or Linux.TooManyFilesInSystem) Interlocked.Increment(ref _lackedDescriptors);
        else if (error == Linux.AddressNotAvailable) Interlocked.Increment(ref _lackedPorts);
    }

    public void TurnBegins(long now) => _began = now;

    public void TurnEnds(long now)
    {
        if (_began == 0 || now - _began < ShortestStall) return;
        lock (_gate) _stalls.RecordNanoseconds(now - _began);
    }

    /// <summary>Turns of a millisecond and longer, in seconds.</summary>
    public HistogramSnapshot Stalls()
    {
        lock (_gate) return _stalls.TakeSnapshot();
    }
}
