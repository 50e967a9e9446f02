using System.Net.Sockets;
using LoadTesting.Kubernetes.Client;

namespace LoadTesting.Kubernetes.Control;

/// <summary>
/// What a pass that speaks to an API server has to expect: refusals, broken connections, time that ran out. They are errors and are tried again; every other
/// exception is a defect.
/// </summary>
public static class ExpectedFailure
{
    /// <summary>Whether an exception is of that kind; one that holds several is if all of them are.</summary>
    public static bool Is(Exception error) => error is AggregateException several
        ? several.InnerExceptions.All(Is)
        : error is ApiException or HttpRequestException or IOException or InvalidDataException or SocketException or TimeoutException or OperationCanceledException;
}
