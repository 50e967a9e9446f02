using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Planning;

/// <summary>The highest step within a window that only moves forward, in amortised O(1): a queue of the steps that nothing later overtops.</summary>
internal sealed class WindowMaximum
{
    private readonly IReadOnlyList<VuStep> _steps;
    private readonly LinkedList<int> _peaks = new();
    private int _next;

    public WindowMaximum(IReadOnlyList<VuStep> steps)
    {
        _steps = steps;
    }

    /// <summary>The first of the highest steps from index <paramref name="from"/> up to and including the time <paramref name="until"/>.</summary>
    public int FirstPeak(int from, Duration until)
    {
        for (; _next < _steps.Count && (_next <= from || _steps[_next].Offset <= until); _next++)
        {
            while (_peaks.Last is { } last && _steps[last.Value].Vus < _steps[_next].Vus)
            {
                _peaks.RemoveLast();
            }

            _peaks.AddLast(_next);
        }

        while (_peaks.First!.Value < from)
        {
            _peaks.RemoveFirst();
        }

        return _peaks.First.Value;
    }
}
