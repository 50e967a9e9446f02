namespace LoadTesting.Suites.Tests;

/// <summary>How suites are scaled that run at the desk and in the cluster: the same at both.</summary>
public static class Scalings
{
    /// <summary>The window of <see cref="RateLimit"/>'s limiter: a minute, scaled.</summary>
    public static readonly TimeSpan LimiterWindow = TimeSpan.FromSeconds(2);

    /// <summary>25 s become 5 s, 100 buyers 30; a buyer waits 60 times as long, so that the limits are 300, 600, 1200 and 3000 ms.</summary>
    public static readonly Scaling FlashSale = new() { Time = 0.2, Load = 0.3, Latency = 60 };

    /// <summary>Six seconds, five clients.</summary>
    public static readonly Scaling DetectionLoad = new()
    {
        Time = 1 / 150.0,
        Load = 0.05,
        Latency = 3,
        Thresholds = [("http_reqs", "rate>100", "rate>1"), ("events_processed", "count>10000", "count>500")],
    };

    /// <summary>A minute becomes two seconds, for the limiter too. Requests do not get shorter: pauses make up for it.</summary>
    public static readonly Scaling RateLimit = new() { Time = 1 / 30.0, Pauses = 1 / 90.0 };

    /// <summary>Five seconds at 3000 a minute.</summary>
    public static readonly Scaling ChatRate = new() { Time = 1 / 60.0, Load = 0.3, Latency = 3 };

    /// <summary>Six seconds of a service's smoke test.</summary>
    public static readonly Scaling ServiceSmoke = new() { Time = 0.2, Latency = 8, Pauses = 0.1 };
}
