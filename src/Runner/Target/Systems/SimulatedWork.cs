using Microsoft.AspNetCore.Http;

namespace LoadTesting.Runner.Target.Systems;

/// <summary>Latency and failures of one simulated system.</summary>
internal sealed class SimulatedWork(TimeProvider time, TargetBehaviour behaviour)
{
    /// <summary>With <see cref="Misbehaviour.Errors"/> every so manieth request fails: an exact share, so that nothing depends on luck.</summary>
    private const int ErrorEvery = 10;

    private long _requests;

    /// <summary>What an operation of this nominal length takes, in ms: within 10 % of it, times the behaviour's factors.</summary>
    public double Milliseconds(double nominal, double factor = 1) =>
        nominal * (0.9 + 0.2 * Random.Shared.NextDouble()) * factor * behaviour.LatencyFactor * (behaviour.Has(Misbehaviour.Slow) ? 2 : 1);

    /// <summary>Takes its time.</summary>
    /// <returns>The time taken in ms, as the system itself would report it.</returns>
    public async Task<double> DoAsync(HttpContext context, double nominal, double factor = 1)
    {
        var milliseconds = Milliseconds(nominal, factor);
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), time, context.RequestAborted);
        return milliseconds;
    }

    /// <summary>Counts a request and says whether it is one of those that fail.</summary>
    public bool Fails()
    {
        var n = Interlocked.Increment(ref _requests);
        return behaviour.Has(Misbehaviour.Errors) && n % ErrorEvery == 0;
    }
}
