using System.Net;
using System.Net.Sockets;

namespace LoadTesting.TestKit;

/// <summary>A port of the loopback that refuses every connection for as long as this lives: it is taken, and nobody listens. One that is merely free may be somebody else's a moment later.</summary>
public sealed class DeadPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <summary>Takes a port.</summary>
    public DeadPort() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    /// <summary>Where nobody answers.</summary>
    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_socket.LocalEndPoint!).Port}");

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
