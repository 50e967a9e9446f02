namespace LoadTesting.Runner.Http;

/// <summary>Makes the senders of virtual users; what they share (names, certificates) is made once in here.</summary>
public interface ISenderFactory : IAsyncDisposable
{
    /// <summary>A sender without connections; from any thread. A virtual user that sends several requests at a time has several.</summary>
    /// <param name="user">0-based number of the virtual user within the runner: all senders of one user live together.</param>
    IRequestSender Create(int user);

    /// <summary>Looks the host up now, so that the first request does not pay for it; a failure is left for the requests to find.</summary>
    Task ResolveAsync(Uri target, CancellationToken cancellation);
}
