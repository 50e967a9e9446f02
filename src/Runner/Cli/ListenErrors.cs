using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LoadTesting.Runner.Cli;

/// <summary>Why a server of ours cannot listen, as a sentence.</summary>
internal static class ListenErrors
{
    /// <summary>The sentence.</summary>
    /// <param name="e">What the platform threw.</param>
    /// <param name="address">Where it was to listen.</param>
    /// <param name="port">At which port.</param>
    public static string Sentence(Exception e, IPAddress address, int port)
    {
        var place = new IPEndPoint(address, port).ToString();
        return Cause(e) switch
        {
            SocketError.AddressAlreadyInUse => $"{place} is in use by another program; choose another --port, or 0 for a free one",
            SocketError.AccessDenied => string.Create(CultureInfo.InvariantCulture, $"{place} may not be listened on: ports below 1024 need rights that you have not; choose a higher --port"),
            SocketError.AddressNotAvailable => $"{place} is no address of this machine; choose another --listen",
            _ => $"{place} cannot be listened on: {e.Message.TrimEnd('.')}",
        };
    }

    private static SocketError? Cause(Exception? e) => e switch
    {
        null => null,
        SocketException socket => socket.SocketErrorCode,
        _ => Cause(e.InnerException),
    };
}
