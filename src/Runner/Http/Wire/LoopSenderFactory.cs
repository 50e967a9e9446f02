using LoadTesting.Runner.Loops;

namespace LoadTesting.Runner.Http.Wire;

/// <summary>Senders on event loops, one loop per processor. For Linux and HTTP/1.1.</summary>
internal sealed class LoopSenderFactory : ISenderFactory, ILoopHost
{
    // Of all factories of the process: they share its descriptors.
    private static long expected;

    private readonly HttpSettings _settings;
    private readonly MonotonicClock _clock;
    private readonly AddressBook _addresses;
    private readonly Lock _starting = new();
    private readonly LoopHome?[] _homes;
    private int _users;

    /// <summary>Senders of one test.</summary>
    /// <param name="settings">What their connections have in common.</param>
    /// <param name="time">Real time.</param>
    /// <param name="loops">≥ 1; null = the number of processors.</param>
    public LoopSenderFactory(HttpSettings settings, TimeProvider time, int? loops = null)
    {
        (_settings, _clock, _addresses) = (settings, new MonotonicClock(time), new AddressBook(settings.Network, time));
        _homes = new LoopHome?[Math.Max(1, loops ?? Environment.ProcessorCount)];
    }

    public int LoopCount => _homes.Length;

    public void Expect(int users)
    {
        // An embedded target has the other end of each in this process, too.
        var more = users - Interlocked.Exchange(ref _users, users);
        Linux.ExpectConnections(2 * Interlocked.Add(ref expected, more));
    }

    public IRequestSender Create(int user, long vu) => new LoopSender(Home(user % _homes.Length), _addresses.LocalAddress(vu));

    public Task ResolveAsync(Uri target, CancellationToken cancellation) => _addresses.TryResolveAsync(target, cancellation);

    public EventLoop Loop(int index) => Home(index).Loop;

    public ValueTask DisposeAsync()
    {
        Interlocked.Add(ref expected, -Interlocked.Exchange(ref _users, 0));
        lock (_starting)
        {
            foreach (var home in _homes) home?.Loop.Dispose();
        }

        return default;
    }

    private LoopHome Home(int index)
    {
        if (Volatile.Read(ref _homes[index]) is { } present) return present;
        lock (_starting) return _homes[index] ??= new LoopHome(new EventLoop(_clock, $"loadtest-{index}"), _settings, _addresses);
    }
}
