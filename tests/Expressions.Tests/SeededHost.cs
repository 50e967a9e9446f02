namespace LoadTesting.Expressions.Tests;

/// <summary>Repeats itself for one seed; its clock stands still.</summary>
internal sealed class SeededHost(int seed) : ICelHost
{
    private readonly Random _random = new(seed);

    public DateTimeOffset UtcNow { get; init; } = new(2026, 2, 3, 4, 5, 6, TimeSpan.Zero);

    public double NextDouble() => _random.NextDouble();

    public long NextInt64()
    {
        Span<byte> bits = stackalloc byte[8];
        _random.NextBytes(bits);
        return BitConverter.ToInt64(bits);
    }
}
