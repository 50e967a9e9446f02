namespace LoadTesting.Expressions;

/// <summary>
/// Where <c>now()</c>, <c>uuid()</c> and the random functions get what an expression cannot compute. A host with a fixed
/// seed and clock makes every evaluation reproducible. Called by one thread at a time.
/// </summary>
public interface ICelHost
{
    /// <summary>Uniform in [0, 1).</summary>
    double NextDouble();

    /// <summary>Uniform over all 64-bit patterns.</summary>
    long NextInt64();

    /// <summary>The present instant.</summary>
    DateTimeOffset UtcNow { get; }
}
