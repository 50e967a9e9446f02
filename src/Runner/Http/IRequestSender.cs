namespace LoadTesting.Runner.Http;

/// <summary>
/// Puts one virtual user's requests on the wire, one at a time, over connections that belong to that user alone. Follows no redirects and knows
/// no cookies: those are the <see cref="HttpSession"/>'s. The seam for senders of other kinds.
/// </summary>
public interface IRequestSender : IAsyncDisposable
{
    /// <summary>Another sender of the same virtual user, without connections: a user that sends several requests at a time has several.</summary>
    IRequestSender Another();

    /// <summary>
    /// Sends and reads the answer to its end. Never throws for what networks, peers and interruption do: that is in the exchange.
    /// </summary>
    /// <param name="request">What to send.</param>
    /// <param name="interrupt">Ends the exchange at once with <see cref="ExchangeOutcome.Interrupted"/>.</param>
    ValueTask<Exchange> SendAsync(PreparedRequest request, CancellationToken interrupt);

    /// <summary>Closes the connections, none of which is in use: the next request opens a new one. Between two requests only.</summary>
    void CloseConnections();

    /// <summary>What went over this user's connections since the last call; includes headers, TLS and exchanges that failed.</summary>
    TransferredBytes TakeTransferred();
}

/// <summary>Octets on TCP connections.</summary>
/// <param name="Sent">Written.</param>
/// <param name="Received">Read.</param>
public readonly record struct TransferredBytes(long Sent, long Received);
