namespace LoadTesting.Model.Judging;

/// <summary>Words of the tag <c>cause</c> of <c>tainted_seconds</c>: how a generator spoils its own measurement.</summary>
public static class TaintCauses
{
    /// <summary>Iterations of an open model began late.</summary>
    public const string SendLag = "send_lag";

    /// <summary>Nearly all the CPU that the generator may use was used.</summary>
    public const string Cpu = "cpu";

    /// <summary>The kernel held the generator back because of its CPU limit.</summary>
    public const string Throttling = "throttling";

    /// <summary>The generator stood still: stopped, starved, or its threads all busy.</summary>
    public const string Stall = "stall";

    /// <summary>Garbage collection held it.</summary>
    public const string Gc = "gc";

    /// <summary>No ephemeral port was left for a new connection.</summary>
    public const string Ports = "ports";

    /// <summary>No file descriptor was left for a new connection.</summary>
    public const string Files = "files";
}
