using LoadTesting.Runner.Loops;

namespace LoadTesting.Runner.Http.Wire;

/// <summary>What all senders on one loop share.</summary>
/// <param name="Loop">The loop.</param>
/// <param name="Settings">What all connections have in common.</param>
/// <param name="Addresses">Where connections go.</param>
internal sealed record LoopHome(EventLoop Loop, HttpSettings Settings, AddressBook Addresses)
{
    /// <summary>Renders requests; used from the loop's thread only.</summary>
    public RequestWriter Writer { get; } = new(Settings.Proxies);

    /// <summary>Heads of answers that came before; used from the loop's thread only.</summary>
    public KnownHeads Heads { get; } = new();
}
