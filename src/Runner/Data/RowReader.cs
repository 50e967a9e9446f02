using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using LoadTesting.Expressions;
using LoadTesting.Model.Spec;

namespace LoadTesting.Runner.Data;

/// <summary>Reads the rows of a feeder's file. What is wrong is said with its line; at most a few of the same kind.</summary>
internal static class RowReader
{
    private const int MostProblems = 5;

    /// <summary>The rows; empty after any problem.</summary>
    /// <param name="utf8">The file.</param>
    /// <param name="format">Its notation.</param>
    /// <param name="delimiter">Separator of CSV fields.</param>
    /// <param name="problems">Gets one sentence for each thing that is wrong.</param>
    public static IReadOnlyList<CelValue> Read(byte[] utf8, DataFormat format, string delimiter, ICollection<string> problems)
    {
        var text = utf8.AsMemory();
        if (text.Span.StartsWith("\uFEFF"u8)) text = text[3..];
        var found = new List<string>();
        IReadOnlyList<CelValue> rows = format switch
        {
            DataFormat.Csv => Csv(text, delimiter, found),
            DataFormat.Json => Json(text, found),
            _ => JsonLines(text, found),
        };
        foreach (var problem in found.Take(MostProblems)) problems.Add(problem);
        if (found.Count > MostProblems) problems.Add($"and {found.Count - MostProblems} more of this kind");
        return found.Count == 0 ? rows : [];
    }

    private static List<CelValue> Csv(ReadOnlyMemory<byte> text, string delimiter, List<string> problems)
    {
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter,
            IgnoreBlankLines = true,
            BadDataFound = e => problems.Add($"line {e.Context.Parser!.RawRow}: a quote stands within a field that is not quoted"),
        };
        using var reader = new StreamReader(new MemoryStream(text.ToArray(), writable: false), new UTF8Encoding(false, false));
        using var parser = new CsvParser(reader, configuration);
        var rows = new List<CelValue>();
        if (!parser.Read()) return rows;
        var names = parser.Record!.Select(n => n.Trim()).ToArray();
        foreach (var name in names.GroupBy(n => n, StringComparer.Ordinal).Where(g => g.Count() > 1 || g.Key.Length == 0))
        {
            problems.Add(name.Key.Length == 0 ? "line 1: a column has no name" : $"line 1: two columns are named '{name.Key}'");
        }

        if (problems.Count > 0) return rows;
        var header = new CsvHeader(names);
        while (parser.Read())
        {
            var fields = parser.Record!;
            if (fields.Length == names.Length) rows.Add(CelValue.Of(new CsvRow(header, fields)));
            else problems.Add($"line {parser.RawRow}: {fields.Length} field{(fields.Length == 1 ? "" : "s")}, and the header has {names.Length}");
        }

        return rows;
    }

    private static IReadOnlyList<CelValue> Json(ReadOnlyMemory<byte> text, List<string> problems)
    {
        var value = CelJson.Parse(text);
        if (value.IsError)
        {
            problems.Add(value.AsError.Message);
            return [];
        }

        if (value.Kind == CelKind.List) return [.. Enumerable.Range(0, value.AsList.Count).Select(i => value.AsList[i])];
        problems.Add("a JSON feeder is one array, whose elements are the rows (one value per line is format: jsonl)");
        return [];
    }

    private static List<CelValue> JsonLines(ReadOnlyMemory<byte> text, List<string> problems)
    {
        var rows = new List<CelValue>();
        for (var line = 1; !text.IsEmpty; line++)
        {
            var end = text.Span.IndexOf((byte)'\n');
            var row = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (row.Span.IndexOfAnyExcept(" \t\r"u8) < 0) continue;
            var value = CelJson.Parse(row);
            if (value.IsError) problems.Add($"line {line}: {value.AsError.Message}");
            else rows.Add(value);
        }

        return rows;
    }
}
