namespace LoadTesting.Model.Reporting;

/// <summary>What a piece of text is, so that a terminal can colour it; whoever prints decides how.</summary>
public enum SpanStyle
{
    /// <summary>Nothing special.</summary>
    Plain,

    /// <summary>A section's title.</summary>
    Heading,

    /// <summary>A metric's or check's name.</summary>
    Name,

    /// <summary>Leaders and other things that only guide the eye.</summary>
    Faint,

    /// <summary>A measured value.</summary>
    Value,

    /// <summary>A further value beside it.</summary>
    Detail,

    /// <summary>It holds.</summary>
    Good,

    /// <summary>It is broken.</summary>
    Bad,

    /// <summary>It cannot be trusted.</summary>
    Doubtful,
}

/// <summary>A piece of a line.</summary>
public readonly record struct StyledSpan(string Text, SpanStyle Style = SpanStyle.Plain);

/// <summary>A line of text without line end.</summary>
/// <param name="Spans">Its pieces in order; empty for a blank line.</param>
public sealed record StyledLine(IReadOnlyList<StyledSpan> Spans)
{
    /// <summary>A blank line.</summary>
    public static readonly StyledLine Blank = new([]);

    /// <summary>The line without styles.</summary>
    public override string ToString() => string.Concat(Spans.Select(s => s.Text));
}
