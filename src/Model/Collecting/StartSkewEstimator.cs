using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Collecting;

/// <summary>
/// How far apart the runners really began, seen from the collector: every snapshot says how long ago its runner's T0 was by its own clock, and the round trip that brought it bounds
/// when that was said. The narrowest round trip of each runner counts. Wrong clocks show here, which the runners themselves cannot see.
/// </summary>
public sealed class StartSkewEstimator
{
    private readonly Dictionary<int, (Duration RoundTrip, Duration Ahead)> _best = [];

    /// <summary>Takes a snapshot's offset in. Only while the runner's load goes on: afterwards its offset stands still.</summary>
    /// <param name="worker">The runner.</param>
    /// <param name="asked">When it was asked, since T0 on the collector's clock.</param>
    /// <param name="answered">When the answer was there.</param>
    /// <param name="offset">What the snapshot says of the time since T0.</param>
    public void Observe(int worker, Duration asked, Duration answered, Duration offset)
    {
        var roundTrip = answered - asked;
        if (offset > Duration.Zero && (!_best.TryGetValue(worker, out var best) || roundTrip < best.RoundTrip))
        {
            _best[worker] = (roundTrip, offset - new Duration((asked.Nanoseconds + answered.Nanoseconds) / 2));
        }
    }

    /// <summary>
    /// The time between the first and the last start that is certain: what the round trips leave open is in favour of the runners. Null before anything was heard.
    /// </summary>
    public Duration? Skew
    {
        get
        {
            if (_best.Count == 0)
            {
                return null;
            }

            var latest = _best.Values.Max(b => b.Ahead.Nanoseconds - (b.RoundTrip.Nanoseconds / 2));
            var earliest = _best.Values.Min(b => b.Ahead.Nanoseconds + (b.RoundTrip.Nanoseconds / 2));
            return new Duration(Math.Max(0, latest - earliest));
        }
    }
}
