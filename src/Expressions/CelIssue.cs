namespace LoadTesting.Expressions;

/// <summary>One thing wrong with an expression, found before it runs.</summary>
/// <param name="Offset">0-based position in the source, in UTF-16 units.</param>
/// <param name="Length">How many units it is about; 0 at the end of the source.</param>
/// <param name="Line">1-based line.</param>
/// <param name="Column">1-based column, in UTF-16 units.</param>
/// <param name="Message">One sentence that says what is wrong.</param>
/// <param name="Suggestion">What was probably meant, e.g. the declared name nearest to an unknown one; null when nothing is near.</param>
public sealed record CelIssue(int Offset, int Length, int Line, int Column, string Message, string? Suggestion = null)
{
    /// <summary>The source line with a caret under the position: two lines, the second <c>   ^</c>.</summary>
    public string Caret(string source)
    {
        var start = Offset == 0 ? 0 : source.LastIndexOf('\n', Math.Min(Offset, source.Length) - 1) + 1;
        var end = source.IndexOf('\n', start);
        var line = (end < 0 ? source[start..] : source[start..end]).TrimEnd('\r').Replace('\t', ' ');
        return $"{line}\n{new string(' ', Math.Max(0, Column - 1))}^";
    }
}
