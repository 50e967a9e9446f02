using AngleSharp.Dom;

namespace LoadTesting.Expressions.Markup;

/// <summary>
/// What it may cost to see whether an element matches: 1, and for each combinator and each part that looks around as many steps as there are nodes to look at. An upper bound in
/// the budget's own measure, from what the selector's text has in it.
/// </summary>
internal sealed class SelectorCost
{
    private readonly long _parts;
    private readonly bool _looksUp;
    private readonly bool _looksAside;
    private readonly bool _looksDown;
    private readonly long _page;

    /// <param name="selector">The text.</param>
    /// <param name="page">Length of the page, which has no more elements than a fourth of that.</param>
    public SelectorCost(string selector, int page)
    {
        _parts = 1 + selector.AsSpan().Count(',') + selector.AsSpan().Count('(');
        _looksUp = selector.AsSpan().IndexOfAny(" >\t\n") >= 0;
        _looksAside = selector.AsSpan().IndexOfAny('~', '+') >= 0 || new[] { ":nth", ":first", ":last", ":only", ":empty" }.Any(s => selector.Contains(s, StringComparison.OrdinalIgnoreCase));
        _looksDown = new[] { ":has", ":contains", ":matches", ":is", ":where", ":host", ":not" }.Any(s => selector.Contains(s, StringComparison.OrdinalIgnoreCase));
        _page = page / 4;
    }

    /// <summary>For one element.</summary>
    public long Of(IElement element, int depth)
    {
        var around = 0L;
        if (_looksUp)
        {
            around += depth;
        }

        if (_looksAside)
        {
            around += element.Parent?.ChildNodes.Length ?? 0;
        }

        if (_looksDown)
        {
            around += _page / 16;
        }

        return 1 + (_parts * around / 16);
    }
}
