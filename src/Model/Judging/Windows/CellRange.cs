namespace LoadTesting.Model.Judging.Windows;

/// <summary>Cells that follow each other: [From, End).</summary>
internal readonly record struct CellRange(int From, int End)
{
    /// <summary>The cells whose middle lies within the span; for one that is shorter than a cell, the cell that it begins in.</summary>
    public static CellRange Of(CellSeries cells, double from, double to)
    {
        var (first, end) = (0, 0);
        while (first < cells.Count && Middle(cells, first) < from) first++;
        end = first;
        while (end < cells.Count && Middle(cells, end) < to) end++;
        if (end > first || cells.Count == 0)
        {
            return new(first, end);
        }

        var within = Enumerable.Range(0, cells.Count).FirstOrDefault(i => cells.Bounds(i).From <= from && from < cells.Bounds(i).To, -1);
        return within < 0 ? new(first, first) : new(within, within + 1);
    }

    /// <summary>Each cell on its own.</summary>
    public IEnumerable<CellRange> Each()
    {
        for (var i = From; i < End; i++) yield return new(i, i + 1);
    }

    /// <summary>Every window of at least that length that begins at a cell and fits; where none fits, all of it is one.</summary>
    public IEnumerable<CellRange> Windows(CellSeries cells, double length, bool newestOnly)
    {
        var windows = new List<CellRange>();
        for (int first = From, end = From; first < End; first++)
        {
            while (end < End && (end <= first || Length(cells, first, end) < length - 0.11)) end++;
            if (Length(cells, first, end) < length - 0.11) break;
            windows.Add(new(first, end));
        }

        return newestOnly ? windows.TakeLast(1) : windows.Count > 0 ? windows : [this];
    }

    /// <summary>How long it lasts.</summary>
    public double Seconds(CellSeries cells) => Length(cells, From, End);

    /// <summary>From the begin of this to the end of another, in whole seconds: <c>in seconds 12 to 41</c>.</summary>
    public string Describe(CellSeries cells, CellRange last)
    {
        var (from, to) = ((long)Math.Floor(cells.Bounds(From).From), (long)Math.Ceiling(cells.Bounds(last.End - 1).To) - 1);
        return to > from ? $"in seconds {from} to {to}" : $"in second {from}";
    }

    private static double Length(CellSeries cells, int from, int end) => end <= from ? 0 : cells.Bounds(end - 1).To - cells.Bounds(from).From;

    private static double Middle(CellSeries cells, int cell) => (cells.Bounds(cell).From + cells.Bounds(cell).To) / 2;
}
