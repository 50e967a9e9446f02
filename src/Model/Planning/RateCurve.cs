using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Planning;

/// <summary>The piecewise linear rate of ramping-arrival-rate and the inverse of its integral.</summary>
internal sealed class RateCurve
{
    private readonly Piece[] _pieces;

    public RateCurve(RampingArrivalRateScenario spec)
    {
        var timeUnit = (double)spec.TimeUnit.Nanoseconds;
        var from = spec.StartRate / timeUnit;
        var done = 0.0;
        var start = Duration.Zero;
        _pieces = new Piece[spec.Stages.Count];
        for (var i = 0; i < _pieces.Length; i++)
        {
            var stage = spec.Stages[i];
            var to = stage.Target / timeUnit;
            var length = (double)stage.Duration.Nanoseconds;
            var end = done + (from != to ? length * (((to - from) / 2) + from) : length * to);
            _pieces[i] = new Piece(from, to, length, done, end, start);
            from = to;
            done = end;
            start += stage.Duration;
        }

        Duration = start;
        Total = (long)Math.Floor(done);
    }

    /// <summary>Length of all stages.</summary>
    public Duration Duration { get; }

    /// <summary>Whole iterations under the curve, one that falls on the very end included.</summary>
    public long Total { get; }

    /// <summary>When the integral reaches <paramref name="n"/>.</summary>
    /// <param name="n">1-based, ≤ <see cref="Total"/>.</param>
    public Duration TimeOf(long n)
    {
        int low = 0, high = _pieces.Length - 1;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_pieces[middle].End < n)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return _pieces[low].TimeOf(n);
    }

    // Rates in iterations per nanosecond; Done and End are the integral at both ends of the piece.
    private readonly record struct Piece(double From, double To, double Length, double Done, double End, Duration Start)
    {
        public Duration TimeOf(double n)
        {
            var x = From != To
                ? (From * Length - Math.Sqrt(Math.Max(0, Length * (From * From * Length + 2 * (n - Done) * (To - From))))) / (From - To)
                : (n - Done) / To;
            return Start + new Duration((long)x);
        }
    }
}
