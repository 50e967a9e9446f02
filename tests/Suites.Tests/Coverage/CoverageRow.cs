namespace LoadTesting.Suites.Tests.Coverage;

/// <summary>One item of the suites that this project was made for.</summary>
/// <param name="Id">Document and number, e.g. <c>001-43</c>.</param>
/// <param name="What">In a few words.</param>
/// <param name="State"><c>works</c>, <c>waits CAPABILITY</c>, or <c>prose</c>: nothing to be done.</param>
public sealed record CoverageRow(string Id, string What, string State)
{
    public bool Works => State == "works";

    /// <summary>The number of the document.</summary>
    public string Document => Id[..3];

    /// <summary>All rows, as <c>rows.txt</c> has them.</summary>
    public static IReadOnlyList<CoverageRow> ReadAll() =>
    [
        .. File.ReadLines(Path.Combine(CoverageDocument.Folder, "rows.txt"))
            .Where(l => l.Length > 0 && l[0] != '#')
            .Select(l => l.Split('|') is [var id, var what, var state] ? new CoverageRow(id, what, state) : throw new InvalidDataException(l)),
    ];
}
