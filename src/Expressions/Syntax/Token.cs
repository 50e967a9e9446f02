namespace LoadTesting.Expressions.Syntax;

/// <summary>What a stretch of source is.</summary>
internal enum TokenKind
{
    End,
    Name,
    QuotedName,
    Literal,
    Symbol,
}

/// <summary>A stretch of source.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Offset">Where it starts.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Text">A name without its quotes, a symbol, or the source text of a literal.</param>
/// <param name="Value">A literal's value; error values never occur.</param>
internal readonly record struct Token(TokenKind Kind, int Offset, int Length, string Text, CelValue Value = default)
{
    public int End => Offset + Length;

    public bool IsNumber => Kind == TokenKind.Literal && Value.Kind is CelKind.Int or CelKind.UInt or CelKind.Double;

    public override string ToString() => Kind == TokenKind.End ? "the end" : $"'{Text}'";
}
