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

/// <summary>Sets names and values in columns with dots between, all rows of a summary alike: <c>http_reqs......: 500   49.9/s</c>.</summary>
internal sealed class LeaderTable
{
    private const string Indent = "    ";
    private const int LeastDots = 3;

    private readonly int _labelWidth;
    private readonly Dictionary<LeaderColumns, int[]> _widths;

    public LeaderTable(IReadOnlyList<LeaderRow> rows)
    {
        _labelWidth = rows.Count == 0 ? 0 : rows.Max(r => r.Label.Length + 2 * r.Depth) + LeastDots;
        _widths = rows.GroupBy(r => r.Columns).ToDictionary(
            g => g.Key,
            g => Enumerable.Range(0, g.Max(r => r.Cells.Count)).Select(i => g.Max(r => i < r.Cells.Count ? r.Cells[i].Length : 0)).ToArray());
    }

    /// <summary>One of the rows given to the constructor as a line, without trailing blanks.</summary>
    public StyledLine Line(LeaderRow row)
    {
        var indent = Indent + new string(' ', 2 * row.Depth);
        var dots = new string('.', _labelWidth - row.Label.Length - 2 * row.Depth) + ": ";
        var spans = new List<StyledSpan> { new(indent), new(row.Label, SpanStyle.Name), new(dots, SpanStyle.Faint) };
        var last = row.Cells.ToList().FindLastIndex(c => c.Length > 0);
        for (var i = 0; i <= last; i++)
        {
            var text = i == last ? row.Cells[i] : row.Cells[i].PadRight(_widths[row.Columns][i] + 1);
            spans.Add(new StyledSpan(text, i == 0 || row.Columns == LeaderColumns.Statistics ? SpanStyle.Value : SpanStyle.Detail));
        }

        return new StyledLine(spans);
    }
}
