namespace LoadTesting.Operator.Collection;

/// <summary>
/// A runner's clock against ours, from round trips. Of the recent ones the shortest counts, as in NTP's clock filter (RFC 5905, 10): its middle is the least uncertain.
/// Old ones are forgotten, because clocks drift.
/// </summary>
public sealed class ClockEstimate
{
    private const int Remembered = 16;

    private readonly Queue<(TimeSpan Offset, TimeSpan RoundTrip)> _recent = new();

    /// <summary>The runner's clock minus ours; zero while nothing was measured.</summary>
    public TimeSpan Offset => _recent.Count == 0 ? TimeSpan.Zero : _recent.MinBy(r => r.RoundTrip).Offset;

    /// <summary>How far <see cref="Offset"/> may be from the truth; null while nothing was measured.</summary>
    public TimeSpan? Uncertainty => _recent.Count == 0 ? null : _recent.Min(r => r.RoundTrip) / 2;

    /// <summary>Takes a round trip in.</summary>
    public void Add(RunnerReading reading)
    {
        if (reading.Offset is not { } offset)
        {
            return;
        }

        _recent.Enqueue((offset, reading.RoundTrip));
        if (_recent.Count > Remembered)
        {
            _recent.Dequeue();
        }
    }
}
