namespace LoadTesting.Runner.Http.Wire;

/// <summary>
/// Header fields as they came, made into text when somebody asks. Octets become text as <see cref="WireText"/> has it; valid as long as the head's memory.
/// </summary>
internal sealed class WireHeaders : IResponseHeaders
{
    private ReadOnlyMemory<byte> _head;

    public IEnumerable<KeyValuePair<string, string>> Fields
    {
        get
        {
            var fields = new List<KeyValuePair<string, string>>();
            var rest = _head.Span;
            ResponseHead.NextLine(ref rest);
            for (var line = ResponseHead.NextLine(ref rest); line.Length > 0; line = ResponseHead.NextLine(ref rest))
            {
                var colon = line.IndexOf((byte)':');
                if (line[0] is (byte)' ' or (byte)'\t' && fields.Count > 0) fields[^1] = new(fields[^1].Key, $"{fields[^1].Value} {Text(line)}");
                else if (colon > 0) fields.Add(new(WireText.Decode(line[..colon]), Text(line[(colon + 1)..])));
            }

            return fields;
        }
    }

    /// <summary>Shows another head; default = none.</summary>
    public void Use(ReadOnlyMemory<byte> head) => _head = head;

    public IReadOnlyList<string> Values(string name)
    {
        if (_head.IsEmpty) return [];
        List<string>? values = null;
        foreach (var field in Fields)
        {
            if (field.Key.Equals(name, StringComparison.OrdinalIgnoreCase)) (values ??= []).Add(field.Value);
        }

        return values is null ? [] : values;
    }

    private static string Text(ReadOnlySpan<byte> value) => WireText.Decode(ResponseHead.Trim(value));
}
