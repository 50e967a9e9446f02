namespace LoadTesting.Runner.Target;

/// <summary>How the demo target's simulated systems behave: as documented, or wrong in ways that a load test must notice.</summary>
public sealed record TargetBehaviour
{
    /// <summary>As documented (docs/demo-target.md).</summary>
    public static readonly TargetBehaviour Documented = new();

    /// <summary>What is wrong. Default nothing.</summary>
    public Misbehaviour Misbehaviour { get; init; }

    /// <summary>Factor on every simulated latency, waited and reported ones alike; &gt; 0. Default 1.</summary>
    public double LatencyFactor { get; init; } = 1;

    /// <summary>Length of the rate limiter's window, within which its requests are counted. Default one minute.</summary>
    public TimeSpan LimiterWindow { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Requests in progress above which the chat platform is overloaded: its circuit breakers open. Default 400.</summary>
    public int ChatCapacity { get; init; } = 400;

    /// <summary>Detectors that the detection API keeps; the one unused for longest is evicted. Default 1000.</summary>
    public int Detectors { get; init; } = 1000;

    /// <summary>With <see cref="Misbehaviour.Leak"/>: the share of its base latency that each request adds to all later ones. Default 0.0005.</summary>
    public double LeakPerRequest { get; init; } = 0.0005;

    /// <summary>Whether something is wrong.</summary>
    public bool Has(Misbehaviour misbehaviour) => (Misbehaviour & misbehaviour) != 0;
}

/// <summary>Faults of the simulated systems; they combine.</summary>
[Flags]
public enum Misbehaviour
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A sale sells one more than it has.</summary>
    Oversell = 1,

    /// <summary>Every latency is doubled.</summary>
    Slow = 2,

    /// <summary>Every tenth request of a simulated system fails with 503.</summary>
    Errors = 4,

    /// <summary>Rate limiters let everything through.</summary>
    Unlimited = 8,

    /// <summary>Memory leaks: detectors are never freed, and the more requests were served, the slower the next ones are.</summary>
    Leak = 16,

    /// <summary>A system that was overloaded once stays slow.</summary>
    NoRecovery = 32,

    /// <summary>Every tenth transfer between accounts loses what it took, and says that all went well.</summary>
    LostUpdates = 64,

    /// <summary><c>POST /crash</c> ends the process: what a container that dies under load looks like.</summary>
    Crash = 128,
}
