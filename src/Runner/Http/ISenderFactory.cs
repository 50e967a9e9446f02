namespace LoadTesting.Runner.Http;

/// <summary>Makes the senders of virtual users; what they share (names, certificates) is made once in here.</summary>
public interface ISenderFactory : IAsyncDisposable
{
    /// <summary>A sender without connections; called once per virtual user, from any thread.</summary>
    IRequestSender Create();

    /// <summary>Looks the host up now, so that the first request does not pay for it; a failure is left for the requests to find.</summary>
    Task ResolveAsync(Uri target, CancellationToken cancellation);
}
