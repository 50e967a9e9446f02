namespace LoadTesting.Runner.Target;

/// <summary>A request as the target saw it: the truth that merged percentiles and planned instants are compared with.</summary>
/// <param name="At">Arrival in nanoseconds since the server's start.</param>
/// <param name="Method">The method.</param>
/// <param name="Url">Path and query.</param>
/// <param name="Client">The address that sent it: in a cluster that of the runner's Pod.</param>
public sealed record TargetLogEntry(long At, string Method, string Url, string Client)
{
    /// <summary>Whole microseconds from arrival to the start of the answer; 0 before that. The answer says the same in its header <c>server-timing: app;dur=</c>, in milliseconds.</summary>
    public long Service { get; internal set; }

    /// <summary>The answer's status; 0 before it and when the client went away.</summary>
    public int Status { get; internal set; }
}
