namespace LoadTesting.Model.Contract;

/// <summary>States of a runner's agent, in the only order in which they follow each other (some may be skipped).</summary>
public static class AgentStates
{
    /// <summary>Loading the plan, resolving the target, warming connections.</summary>
    public const string Preparing = "preparing";

    /// <summary>Waiting for the start instant to be posted.</summary>
    public const string Ready = "ready";

    /// <summary>The start instant is known and lies ahead.</summary>
    public const string Armed = "armed";

    /// <summary>Load is being sent.</summary>
    public const string Running = "running";

    /// <summary>No iteration starts any more; those in flight end.</summary>
    public const string Stopping = "stopping";

    /// <summary>The final snapshot waits for its acknowledgement.</summary>
    public const string Finished = "finished";

    /// <summary>
    /// SIGTERM ended the load before the plan did; the last snapshot, which is not marked as final, waits for its acknowledgement. Nobody who runs the test asked for that: the rest of
    /// the share is lost, however early this state is seen and whatever is known of the Pod.
    /// </summary>
    public const string Terminated = "terminated";

    /// <summary>The final snapshot was acknowledged; the process ends.</summary>
    public const string Acknowledged = "acknowledged";
}
