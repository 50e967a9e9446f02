using LoadTesting.Expressions;

namespace LoadTesting.Runner.Data;

/// <summary>A row of a CSV file: a map from the header's names to strings. All rows of a file share the header, so that a row costs its texts only.</summary>
internal sealed class CsvRow : CelMap
{
    private readonly CsvHeader _header;
    private readonly string[] _fields;

    public CsvRow(CsvHeader header, string[] fields)
    {
        (_header, _fields) = (header, fields);
    }

    public override int Count => _fields.Length;

    public override long Weight => 1 + (2L * _fields.Length);

    public override IEnumerable<CelValue> Keys => _header.Names.Select(CelValue.Of);

    public override bool TryGet(in CelValue key, out CelValue value)
    {
        value = default;
        return key.Kind == CelKind.String && TryGet(key.AsString, out value);
    }

    public override bool TryGet(string key, out CelValue value)
    {
        var index = _header.IndexOf(key);
        value = index < 0 ? default : CelValue.Of(_fields[index]);
        return index >= 0;
    }
}

/// <summary>The header line of a CSV file.</summary>
internal sealed class CsvHeader
{
    private readonly Dictionary<string, int> _indexes;

    /// <param name="names">All different.</param>
    public CsvHeader(IReadOnlyList<string> names)
    {
        Names = names;
        _indexes = names.Select((name, i) => (name, i)).ToDictionary(n => n.name, n => n.i, StringComparer.Ordinal);
    }

    public IReadOnlyList<string> Names { get; }

    /// <summary>Position of a column; -1 when there is none.</summary>
    public int IndexOf(string name) => _indexes.GetValueOrDefault(name, -1);
}
