using LoadTesting.Metrics;

namespace LoadTesting.Model.Judging.Windows;

/// <summary>
/// One selector's samples over time: the running total at the end of every second, so that any window is one subtraction. Its memory is bounded: past
/// <see cref="MostCells"/> every second cell is given up, and the resolution halves (1 s for the first hour, then 2 s, …).
/// </summary>
internal sealed class CellSeries
{
    /// <summary>Cells kept at most.</summary>
    public const int MostCells = 3600;

    private readonly List<(double End, SeriesValue? Total)> _cells = [];
    private int _resolution = 1;
    private (double End, SeriesValue? Total) _start;

    /// <summary>How many cells there are.</summary>
    public int Count => _cells.Count;

    /// <summary>The running total before the first second: what setup sampled.</summary>
    public void Begin(SeriesValue? total) => _start = (0, total);

    /// <summary>Takes a running total in. Times in seconds from T0, ascending; a snapshot closes the second whose end is nearest to it.</summary>
    public void Add(double time, SeriesValue? total)
    {
        var end = Math.Round(time, MidpointRounding.AwayFromZero);
        if (end < Last + _resolution)
        {
            return;
        }

        _cells.Add((end, total));
        if (_cells.Count >= MostCells)
        {
            _resolution *= 2;
            for (var i = 0; i < _cells.Count / 2; i++)
            {
                _cells[i] = _cells[2 * i + 1];
            }

            _cells.RemoveRange(_cells.Count / 2, _cells.Count - _cells.Count / 2);
        }
    }

    /// <summary>The load has ended: what is left belongs to the last second, which may be a part of one.</summary>
    public void Finish(double time, SeriesValue? total)
    {
        if (_cells.Count > 0 && time < Last + 0.1)
        {
            _cells[^1] = (Last, total);
        }
        else
        {
            _cells.Add((Math.Max(time, Last + 0.001), total));
        }
    }

    /// <summary>Start and end of a cell, in seconds from T0.</summary>
    public (double From, double To) Bounds(int cell) => (cell == 0 ? _start.End : _cells[cell - 1].End, _cells[cell].End);

    /// <summary>What was sampled in the cells [from, end); null when nothing was, and the metric's present value for a gauge.</summary>
    public SeriesValue? Between(int from, int end)
    {
        var before = from == 0 ? _start.Total : _cells[from - 1].Total;
        var after = _cells[end - 1].Total;
        return after switch
        {
            null => null,
            _ when before is null => after,
            CounterValue or GaugeValue => after.Delta(before),
            _ => after.Delta(before) switch
            {
                RateValue { Total: 0 } or HistogramSnapshot { Count: 0 } => null,
                var some => some,
            },
        };
    }

    private double Last => _cells.Count == 0 ? 0 : _cells[^1].End;
}
