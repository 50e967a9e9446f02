namespace LoadTesting.Runner.Http;

/// <summary>Makes the senders of virtual users; what they share (names, certificates) is made once in here.</summary>
public interface ISenderFactory : IAsyncDisposable
{
    /// <summary>A sender without connections; from any thread. A virtual user that sends several requests at a time has several.</summary>
    /// <param name="user">0-based number of the virtual user within the runner: all senders of one user live together.</param>
    /// <param name="vu">1-based number of the virtual user in the whole test, which its local address depends on; 0 for parts that run once.</param>
    IRequestSender Create(int user, long vu);

    /// <summary>Looks the host up now, so that the first request does not pay for it; a failure is left for the requests to find.</summary>
    Task ResolveAsync(Uri target, CancellationToken cancellation);
}
