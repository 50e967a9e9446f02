using System.Net;
using LoadTesting.Runner.Loops;

namespace LoadTesting.Runner.Http.Wire;

/// <summary>Opening connections: name, TCP, TLS. Happens once per connection, so it may allocate.</summary>
internal sealed partial class LoopSender
{
    private CancellationTokenSource? _lookup;
    private LimitKind? _abortedBy;
    private bool _isOpening;

    private async Task OpenAndStartAsync()
    {
        (_isOpening, _abortedBy) = (true, null);
        var opening = OpenAsync();
        var wasImmediate = opening.IsCompleted;
        var connection = await opening;
        _isOpening = false;
        if (connection is not null) Start(connection);
        else if (wasImmediate) EndSoon();
        else Finish();
    }

    /// <returns>Null when there is none; then the exchange says why.</returns>
    private async Task<LoopConnection?> OpenAsync()
    {
        var stage = TransportError.Dns;
        LoopConnection? connection = null;
        try
        {
            var url = _request.Url;
            var endPoint = await ResolveAsync(url.IdnHost, url.Port);
            if (_abortedBy is not null) throw new OperationCanceledException();

            stage = TransportError.Dial;
            var began = _loop.Now;
            LimitToConnect(began);
            connection = _active = new LoopConnection(_loop, this, url);
            var error = await connection.ConnectAsync(endPoint, _local);
            if (error != 0) return Undialled(connection, error);
            var connected = _loop.Now;
            if (url.Scheme == Uri.UriSchemeHttps)
            {
                stage = TransportError.Tls;
                await SecureAsync(connection, url.IdnHost, connected);
            }

            if (_abortedBy is not null) throw new OperationCanceledException();
            (_at.Connecting, _at.Connected) = (connected - began, _loop.Now);
            LimitTo(_request.Deadline, LimitKind.Deadline);
            return connection;
        }
        catch (Exception e)
        {
            await _loop.SwitchTo();
            connection?.Close();
            _at.Handshaking = 0;
            if (_abortedBy is { } kind) FailBy(kind, stage == TransportError.Tls ? TransportError.Tls : TransportError.DialTimeout);
            else Fail(ErrorClassifier.OfConnecting(e, stage), ErrorClassifier.Text(e));
            return null;
        }
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
            _lookup = null;
        }
    }

    private LoopConnection? Undialled(LoopConnection connection, int error)
    {
        connection.Close();
        _loop.Statistics.CountFailure(error);
        if (_abortedBy is { } kind) FailBy(kind, TransportError.DialTimeout);
        else Fail(OfDialling(error), Linux.Text(error));
        return null;
    }

    private static TransportError OfDialling(int error) => error switch
    {
        Linux.ConnectionRefused => TransportError.ConnectionRefused,
        Linux.TimedOut => TransportError.DialTimeout,
        Linux.AddressNotAvailable => TransportError.NoLocalPort,
        Linux.TooManyFiles or Linux.TooManyFilesInSystem => TransportError.NoFileDescriptor,
        _ => TransportError.Dial,
    };
}
