using LoadTesting.Expressions;

namespace LoadTesting.Runner.Engine;

/// <summary>Randomness and time of one virtual user: SplitMix64, eight octets of state, so that ten thousand users cost nothing.</summary>
internal sealed class VuHost : ICelHost
{
    private readonly TimeProvider _time;
    private ulong _state;

    /// <summary>A source whose numbers depend on the seed alone.</summary>
    public VuHost(ulong seed, TimeProvider time)
    {
        (_state, _time) = (seed, time);
    }

    public DateTimeOffset UtcNow => _time.GetUtcNow();

    public double NextDouble() => (Next() >> 11) * (1.0 / (1L << 53));

    public long NextInt64() => (long)Next();

    /// <summary>The seed of one of many sources that must have nothing to do with each other.</summary>
    public static ulong Seed(ulong run, long stream) => new VuHost(run + ((ulong)stream * 0xD1342543DE82EF95), TimeProvider.System).Next();

    private ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
