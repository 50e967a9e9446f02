using System.Net;

namespace LoadTesting.Operator.Serving;

/// <summary>Counts connections, all together and by the address that they come from.</summary>
/// <param name="all">Most connections at once, ≥ 1.</param>
/// <param name="perPeer">Most connections at once of one address, ≥ 1.</param>
internal sealed class PeerLimit(int all, int perPeer)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _peers = [];
    private int _count;

    /// <summary>Counts a connection in; false when there is no room for it.</summary>
    public bool TryEnter(IPAddress peer)
    {
        lock (_lock)
        {
            var own = _peers.GetValueOrDefault(peer);
            if (_count >= all || own >= perPeer)
            {
                return false;
            }

            _peers[peer] = own + 1;
            _count++;
            return true;
        }
    }

    /// <summary>Counts one out that was counted in.</summary>
    public void Leave(IPAddress peer)
    {
        lock (_lock)
        {
            _count--;
            if (_peers[peer] == 1)
            {
                _peers.Remove(peer);
            }
            else
            {
                _peers[peer]--;
            }
        }
    }
}
