using System.Net;
using LoadTesting.Runner.Http.Proxies;
using LoadTesting.Runner.Loops;

namespace LoadTesting.Runner.Http.Wire;

/// <summary>Opening connections: name, TCP, TLS. Happens once per connection, so it may allocate.</summary>
internal sealed partial class LoopSender
{
    private CancellationTokenSource? _lookup;

    // What is being done for a connection: name, TCP, TLS; none = nothing, there is one or none is wanted.
    private TransportError _opening;

    // Which attempt counts. An earlier one that wakes up after its exchange has ended only closes what it made.
    private int _attempt;

    private async Task OpenAndStartAsync()
    {
        var attempt = ++_attempt;
        var opening = OpenAsync(attempt);
        var wasImmediate = opening.IsCompleted;
        var connection = await opening;
        if (attempt != _attempt) return;
        if (connection is not null) Start(connection);
        else if (wasImmediate) EndSoon();
        else End(keepsConnection: false);
    }

    /// <returns>Null when there is none; then the exchange says why, unless it is over and this attempt nobody's any more.</returns>
    private async Task<LoopConnection?> OpenAsync(int attempt)
    {
        LoopConnection? connection = null;
        var url = _request.Url;
        var proxy = _home.Settings.Proxies?.For(url);
        try
        {
            _opening = TransportError.Dns;
            if (proxy is not null) _home.Addresses.RefuseBlocked(url.IdnHost);
            var endPoint = await ResolveAsync(proxy?.Host ?? url.IdnHost, proxy?.Port ?? url.Port);
            if (attempt != _attempt) return null;

            _opening = TransportError.Dial;
            var began = _loop.Now;
            LimitToConnect(began);
            connection = _active = new LoopConnection(_loop, this, url);
            var error = await connection.ConnectAsync(endPoint, _local);
            if (attempt != _attempt) return Stale(connection);
            if (error != 0) return Undialled(connection, error, proxy);
            var connected = _loop.Now;
            if (url.Scheme == Uri.UriSchemeHttps || proxy is not null)
            {
                _opening = TransportError.Tls;
                var handshaking = await SecureAsync(connection, url, proxy);
                if (attempt != _attempt) return Stale(connection);
                _at.Handshaking = handshaking;
            }

            (_at.Connecting, _at.Connected) = (connected - began, _loop.Now);
            _opening = TransportError.None;
            LimitTo(_request.Deadline, LimitKind.Deadline);
            return connection;
        }
        catch (Exception e)
        {
            await _loop.SwitchTo();
            connection?.Close();
            if (attempt != _attempt) return null;
            Fail(ErrorClassifier.OfConnecting(e, _opening), Proxy.Via(proxy, ErrorClassifier.Text(e)));
            _opening = TransportError.None;
            return null;
        }
    }

    // The exchange ends while its connection is being made: what the attempt waits for ends, too, and it is nobody's.
    private void GiveUpOpening()
    {
        var lookup = _lookup;
        (_opening, _lookup) = (TransportError.None, null);
        _attempt++;
        lookup?.Cancel();
    }

    private static LoopConnection? Stale(LoopConnection connection)
    {
        connection.Close();
        return null;
    }

    private void LimitToConnect(long now)
    {
        var limit = now + _home.Settings.ConnectTimeout.Nanoseconds;
        if (limit < _request.Deadline) LimitTo(limit, LimitKind.Connect);
    }

    private async ValueTask<IPEndPoint> ResolveAsync(string host, int port)
    {
        using var lookup = new CancellationTokenSource();
        _lookup = lookup;
        try
        {
            return await _home.Addresses.ResolveAsync(host, port, lookup.Token);
        }
        finally
        {
            await _loop.SwitchTo();
            if (ReferenceEquals(_lookup, lookup)) _lookup = null;
        }
    }

    private LoopConnection? Undialled(LoopConnection connection, int error, Proxy? proxy)
    {
        connection.Close();
        _loop.Statistics.CountFailure(error);
        Fail(OfDialling(error), Proxy.Via(proxy, Linux.Text(error)));
        _opening = TransportError.None;
        return null;
    }

    private static TransportError OfDialling(int error) => error switch
    {
        Linux.ConnectionRefused => TransportError.ConnectionRefused,
        Linux.ConnectionReset => TransportError.ConnectionReset,
        Linux.TimedOut => TransportError.DialTimeout,
        Linux.AddressNotAvailable => TransportError.NoLocalPort,
        Linux.TooManyFiles or Linux.TooManyFilesInSystem => TransportError.NoFileDescriptor,
        _ => TransportError.Dial,
    };
}
