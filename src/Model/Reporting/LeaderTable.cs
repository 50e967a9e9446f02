namespace LoadTesting.Model.Reporting;

/// <summary>Which rows of a <see cref="LeaderTable"/> share column widths.</summary>
internal enum LeaderColumns
{
    /// <summary>A value and something beside it: counters, rates, gauges.</summary>
    Amounts,

    /// <summary>A trend's statistics.</summary>
    Statistics,
}

/// <summary>A name and its values.</summary>
/// <param name="Label">The name.</param>
/// <param name="Depth">0, or 1 for a sub-metric below its metric.</param>
/// <param name="Cells">The values, left to right.</param>
/// <param name="Columns">The rows it is aligned with.</param>
internal sealed record LeaderRow(string Label, int Depth, IReadOnlyList<string> Cells, LeaderColumns Columns);

/// <summary>
/// Sets names and values in columns with dots between, all rows of a summary alike: <c>http_reqs......: 500   49.9/s</c>. Where the width is bounded, a name
/// that would leave the values no room stands on a line of its own, and values that do not fit go on in the next line, below the first ones.
/// </summary>
internal sealed class LeaderTable
{
    private const string Indent = "    ";
    private const string Colon = ": ";
    private const int LeastDots = 3;

    private readonly int _labelWidth;
    private readonly int _room;
    private readonly Dictionary<LeaderColumns, int[]> _widths;

    /// <summary>For all the rows that are aligned with each other.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="width">Most columns of a line; a single value that is longer is not broken. Default: any number.</param>
    public LeaderTable(IReadOnlyList<LeaderRow> rows, int width = int.MaxValue)
    {
        // Two fifths for names: of 80 columns that leaves 42, which is three statistics.
        var widest = rows.Count == 0 ? 0 : rows.Max(LabelLength) + LeastDots;
        _labelWidth = (int)Math.Min(widest, Math.Max(24L, width * 2L / 5));
        _room = width - Indent.Length - _labelWidth - Colon.Length;
        _widths = rows.GroupBy(r => r.Columns).ToDictionary(
            g => g.Key,
            g => Enumerable.Range(0, g.Max(r => r.Cells.Count)).Select(i => g.Max(r => i < r.Cells.Count ? r.Cells[i].Length : 0)).ToArray());
    }

    /// <summary>One of the rows given to the constructor, as one line or more, without trailing blanks.</summary>
    public IReadOnlyList<StyledLine> Lines(LeaderRow row)
    {
        var lines = new List<StyledLine>();
        var dots = _labelWidth - LabelLength(row);
        var spans = new List<StyledSpan> { new(Indent + new string(' ', 2 * row.Depth)), new(row.Label, SpanStyle.Name) };
        if (dots >= LeastDots)
        {
            spans.Add(new(new string('.', dots) + Colon, SpanStyle.Faint));
        }
        else
        {
            spans.Add(new(Colon.TrimEnd(), SpanStyle.Faint));
            lines.Add(new StyledLine(spans));
            spans = [Margin()];
        }

        var last = row.Cells.ToList().FindLastIndex(c => c.Length > 0);
        var used = 0;
        for (var i = 0; i <= last; i++)
        {
            // All rows break before the same values, so that they stay below each other.
            var width = _widths[row.Columns][i];
            if (used > 0 && used + width > _room)
            {
                Trim(spans);
                lines.Add(new StyledLine(spans));
                (spans, used) = ([Margin()], 0);
            }

            used += width + 1;
            var text = i == last ? row.Cells[i] : row.Cells[i].PadRight(width + 1);
            spans.Add(new StyledSpan(text, i == 0 || row.Columns == LeaderColumns.Statistics ? SpanStyle.Value : SpanStyle.Detail));
        }

        lines.Add(new StyledLine(spans));
        return lines;
    }

    private static int LabelLength(LeaderRow row) => row.Label.Length + (2 * row.Depth);

    private static void Trim(List<StyledSpan> spans) => spans[^1] = spans[^1] with { Text = spans[^1].Text.TrimEnd() };

    private StyledSpan Margin() => new(new string(' ', Indent.Length + _labelWidth + Colon.Length));
}
