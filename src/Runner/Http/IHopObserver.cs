namespace LoadTesting.Runner.Http;

/// <summary>Told of each exchange of a request: a redirect that is followed is an exchange of its own.</summary>
public interface IHopObserver
{
    /// <summary>An exchange ended with a response or a failure; interrupted ones are not told.</summary>
    /// <param name="request">What was sent.</param>
    /// <param name="hop">0 for the request itself, then 1, 2, … for the redirects.</param>
    /// <param name="exchange">What came back; valid during the call.</param>
    /// <param name="isChallenge">The server asks for the digest of the credentials, and the same request with them follows as the same hop.</param>
    void OnHop(PreparedRequest request, int hop, Exchange exchange, bool isChallenge);

    /// <summary>The jar does not keep a cookie, or no longer.</summary>
    /// <param name="request">Whose answer set it.</param>
    /// <param name="why">A sentence with name and cause, without the value.</param>
    void OnCookieRefused(PreparedRequest request, string why);
}
