namespace LoadTesting.Expressions.Syntax;

/// <summary>
/// Leaves the recursive descent at the first syntax error; caught where the parser is entered and turned into an issue, so
/// that no caller ever sees it.
/// </summary>
internal sealed class SyntaxFailure(int offset, int length, string message) : Exception(message)
{
    public int Offset => offset;

    public int Length => length;
}
