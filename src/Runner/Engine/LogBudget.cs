namespace LoadTesting.Runner.Engine;

/// <summary>
/// How much <c>log</c> steps may say: each different text once, and a bounded number a second, so that a step that a thousand users reach a second does not
/// write a thousand lines. What was left out is counted and told. Not synchronised; the caller brings the time.
/// </summary>
/// <param name="perSecond">Most lines in one second.</param>
/// <param name="mostKnown">How many texts are remembered as said; then it begins anew, and texts may be said again.</param>
internal sealed class LogBudget(int perSecond, int mostKnown)
{
    private readonly HashSet<(int Step, string Text)> _said = [];
    private long _second = long.MinValue;
    private int _saidNow;
    private long _leftOut;

    /// <summary>Asks for a line.</summary>
    /// <param name="step">The step that says it: the same text of another step is another text.</param>
    /// <param name="text">What it says.</param>
    /// <param name="now">Nanoseconds of any clock that does not go back.</param>
    /// <param name="leftOut">How many lines before this one were left out and not told yet; 0 unless the line is said.</param>
    /// <returns>Whether to say it.</returns>
    public bool TrySay(int step, string text, long now, out long leftOut)
    {
        leftOut = 0;
        if (_said.Contains((step, text))) return false;
        var second = now / 1_000_000_000;
        if (second != _second) (_second, _saidNow) = (second, 0);
        if (_saidNow >= perSecond)
        {
            _leftOut++;
            return false;
        }

        if (_said.Count >= mostKnown) _said.Clear();
        _said.Add((step, text));
        _saidNow++;
        leftOut = TakeLeftOut();
        return true;
    }

    /// <summary>How many lines were left out and not told yet; they are told now.</summary>
    public long TakeLeftOut()
    {
        var leftOut = _leftOut;
        _leftOut = 0;
        return leftOut;
    }
}
