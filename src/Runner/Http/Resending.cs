namespace LoadTesting.Runner.Http;

/// <summary>
/// Which requests are sent a second time: those of which it is certain, or that do no harm if they are. The rules are those of Go's client, and so k6's, over
/// every carrier; no status is ever a reason. A request that is sent again is one exchange: its time goes on from the first attempt.
/// </summary>
internal static class Resending
{
    /// <summary>
    /// Whether a request may go over a new connection because the one that it was sent on has ended: a server closes idle connections when it likes, also in
    /// the moment in which a request is on its way (RFC 9112, 9.3.1). Only a connection over which an exchange was completed before can be such a one, so
    /// that a request is sent twice at most.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="wasUsed">Whether an exchange was completed over the connection before.</param>
    /// <param name="hasSent">Whether an octet of the request was sent; if none was, the server has not seen it and the method does not matter.</param>
    /// <param name="hasReceived">Whether an octet of an answer came.</param>
    public static bool IsSafe(PreparedRequest request, bool wasUsed, bool hasSent, bool hasReceived) => wasUsed && !hasReceived && (!hasSent || IsReplayable(request));

    /// <summary>
    /// Whether it does no harm to send the request twice: the methods that only read (RFC 9110, 9.2.1), and whatever says by a field that the server knows
    /// its repetitions.
    /// </summary>
    public static bool IsReplayable(PreparedRequest request)
    {
        if (request.Method.Method is "GET" or "HEAD" or "OPTIONS" or "TRACE") return true;
        for (var i = 0; i < request.Headers.Count; i++)
        {
            var name = request.Headers[i].Key;
            if (name.Equals("Idempotency-Key", StringComparison.OrdinalIgnoreCase) || name.Equals("X-Idempotency-Key", StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}
