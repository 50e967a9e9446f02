using System.Net;
using System.Net.Sockets;

namespace LoadTesting.TestKit;

/// <summary>Ports for servers that cannot bind port 0 themselves.</summary>
public static class FreePort
{
    /// <summary>A loopback port that was free a moment ago; callers retry when somebody was faster.</summary>
    public static int Next()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
