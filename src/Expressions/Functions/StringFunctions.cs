using System.Text;
using LoadTesting.Expressions.Evaluation;
using static LoadTesting.Expressions.CelType;
using static LoadTesting.Expressions.Functions.Signature;

namespace LoadTesting.Expressions.Functions;

/// <summary>CEL's string extension. Positions count code points; out of range is an error.</summary>
internal static class StringFunctions
{
    public static IEnumerable<CelFunction> All =>
    [
        Text("charAt", CharAt, Int),
        Find("indexOf", (text, part, from) => text.IndexOf(part, from, StringComparison.Ordinal), fromEnd: false),
        FindFrom("indexOf", (text, part, from) => text.IndexOf(part, from, StringComparison.Ordinal)),
        Find("lastIndexOf", LastIndexOf, fromEnd: true),
        FindFrom("lastIndexOf", LastIndexOf),
        Text("lowerAscii", (a, v) => Mapped(a, v[0].Text, char.IsAsciiLetterUpper, 32)),
        Text("upperAscii", (a, v) => Mapped(a, v[0].Text, char.IsAsciiLetterLower, -32)),
        Text("trim", (a, v) => Made(a, v[0].Text.Length, v[0].Text, t => t.Trim())),
        Text("reverse", (a, v) => Made(a, v[0].Text.Length, v[0].Text, Reverse)),
        Text("replace", (a, v) => Replace(a, v[0].Text, v[1].Text, v[2].Text, -1), CelType.String, CelType.String),
        Text("replace", (a, v) => Replace(a, v[0].Text, v[1].Text, v[2].Text, v[3].AsInt), CelType.String, CelType.String, Int),
        Member("split", List(CelType.String), (a, v) => Split(a, v[0].Text, v[1].Text, -1), CelType.String, CelType.String),
        Member("split", List(CelType.String), (a, v) => Split(a, v[0].Text, v[1].Text, v[2].AsInt), CelType.String, CelType.String, Int),
        Text("substring", (a, v) => Substring(a, v[0].Text, v[1].AsInt, null), Int),
        Text("substring", (a, v) => Substring(a, v[0].Text, v[1].AsInt, v[2].AsInt), Int, Int),
        Member("join", CelType.String, (a, v) => Join(a, v[0].AsList, ""), List(CelType.String)),
        Member("join", CelType.String, (a, v) => Join(a, v[0].AsList, v[1].Text), List(CelType.String), CelType.String),
        Global("strings.quote", CelType.String, Quote, CelType.String),
        Member("format", CelType.String, (a, v) => Format.Apply(a, v[0].Text, v[1].AsList), CelType.String, AnyList),
    ];

    /// <summary>UTF-16 position of a code point; -1 when the string has fewer.</summary>
    public static int Position(string text, long codePoint)
    {
        var at = 0;
        for (; codePoint > 0 && at < text.Length; codePoint--)
        {
            at += Width(text, at);
        }

        return codePoint == 0 ? at : -1;
    }

    private static int Width(string text, int at) => at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;

    private static CelFunction Text(string name, CelFunctionBody body, params CelType[] parameters) => Member(name, CelType.String, body, [CelType.String, .. parameters]);

    private static CelFunction Find(string name, Func<string, string, int, int> find, bool fromEnd) =>
        Member(name, Int, (a, v) => Found(a, v, find, fromEnd ? v[0].Text.Length : 0), CelType.String, CelType.String);

    private static CelFunction FindFrom(string name, Func<string, string, int, int> find) => Member(
        name,
        Int,
        (a, v) => Position(v[0].Text, v[2].AsInt) is >= 0 and var from ? Found(a, v, find, from) : Errors.Index(v[2].AsInt, StandardFunctions.CodePoints(v[0].Text)),
        CelType.String,
        CelType.String,
        Int);

    private static CelValue Found(CelActivation activation, ReadOnlySpan<CelValue> values, Func<string, string, int, int> find, int from)
    {
        if (!activation.TryCharge(values[0].Weight))
        {
            return CelActivation.LimitExceeded();
        }

        var at = find(values[0].Text, values[1].Text, from);
        return CelValue.Of(at < 0 ? -1L : StandardFunctions.CodePoints(values[0].Text[..at]));
    }

    /// <summary>The last match that starts at or before a position.</summary>
    private static int LastIndexOf(string text, string part, int from)
    {
        var end = Math.Min(text.Length, from + part.Length);
        return part.Length == 0 ? from : text.AsSpan(0, end).LastIndexOf(part);
    }

    private static CelValue CharAt(CelActivation activation, ReadOnlySpan<CelValue> values)
    {
        var (text, at) = (values[0].Text, Position(values[0].Text, values[1].AsInt));
        return at < 0 ? Errors.Index(values[1].AsInt, StandardFunctions.CodePoints(text)) : CelValue.Of(at == text.Length ? "" : text.Substring(at, Width(text, at)));
    }

    private static CelValue Made(CelActivation activation, long length, string text, Func<string, string> make) =>
        activation.TryAllocate(length) ? CelValue.Of(make(text)) : CelActivation.LimitExceeded();

    private static CelValue Mapped(CelActivation activation, string text, Func<char, bool> changes, int by) => Made(
        activation,
        text.Length,
        text,
        t => string.Create(t.Length, (t, changes, by), static (span, state) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = state.changes(state.t[i]) ? (char)(state.t[i] + state.by) : state.t[i];
            }
        }));

    private static string Reverse(string text)
    {
        var reversed = new StringBuilder(text.Length);
        for (var end = text.Length; end > 0;)
        {
            var width = end >= 2 && char.IsSurrogatePair(text[end - 2], text[end - 1]) ? 2 : 1;
            end -= width;
            reversed.Append(text, end, width);
        }

        return reversed.ToString();
    }

    private static CelValue Replace(CelActivation activation, string text, string old, string replacement, long most)
    {
        var occurrences = old.Length == 0 ? StandardFunctions.CodePoints(text) + 1 : Count(text, old);
        var count = most < 0 ? occurrences : Math.Min(occurrences, most);
        if (!activation.TryAllocate(text.Length + (count * (replacement.Length - (long)old.Length))) || !activation.TryCharge(1 + (text.Length / 16)))
        {
            return CelActivation.LimitExceeded();
        }

        var output = new StringBuilder();
        var at = 0;
        for (; count > 0; count--)
        {
            var next = text.IndexOf(old, at, StringComparison.Ordinal);
            output.Append(text, at, next - at).Append(replacement);
            at = next + old.Length;
            if (old.Length == 0 && at < text.Length)
            {
                var width = Width(text, at);
                output.Append(text, at, width);
                at += width;
            }
        }

        return CelValue.Of(output.Append(text, at, text.Length - at).ToString());
    }

    private static int Count(string text, string part)
    {
        var count = 0;
        for (var at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }

    private static CelValue Split(CelActivation activation, string text, string separator, long most)
    {
        if (most == 0)
        {
            return CelValue.Of(CelList.Empty);
        }

        var pieces = separator.Length == 0 ? StandardFunctions.CodePoints(text) : Count(text, separator) + 1;
        if (!activation.TryBuild(pieces, pieces + (text.Length / 16)) || !activation.TryCharge(1 + (text.Length / 16)))
        {
            return CelActivation.LimitExceeded();
        }

        pieces = most < 0 ? pieces : (int)Math.Min(pieces, most);
        var values = new CelValue[pieces];
        var at = 0;
        for (var i = 0; i < pieces - 1; i++)
        {
            var end = separator.Length == 0 ? at + Width(text, at) : text.IndexOf(separator, at, StringComparison.Ordinal);
            values[i] = CelValue.Of(text[at..end]);
            at = end + separator.Length;
        }

        if (pieces > 0)
        {
            values[^1] = CelValue.Of(text[at..]);
        }

        return CelValue.Of(CelList.Of(values));
    }

    private static CelValue Substring(CelActivation activation, string text, long start, long? end)
    {
        var from = Position(text, start);
        var to = end is { } given ? Position(text, given) : text.Length;
        if (from < 0 || to < 0)
        {
            return Errors.Index(from < 0 ? start : end!.Value, StandardFunctions.CodePoints(text));
        }

        return from > to ? Errors.Range($"the substring's start {start} is after its end {end}") : Made(activation, to - from, text, t => t[from..to]);
    }

    private static CelValue Join(CelActivation activation, CelList list, string separator)
    {
        long length = 0;
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i].Kind != CelKind.String)
            {
                return Errors.NoOverload("join", list[i]);
            }

            length += list[i].Text.Length + separator.Length;
        }

        if (!activation.TryAllocate(length) || !activation.TryCharge(list.Count))
        {
            return CelActivation.LimitExceeded();
        }

        var output = new StringBuilder();
        for (var i = 0; i < list.Count; i++)
        {
            output.Append(i == 0 ? "" : separator).Append(list[i].Text);
        }

        return CelValue.Of(output.ToString());
    }

    private static CelValue Quote(CelActivation activation, ReadOnlySpan<CelValue> values)
    {
        if (!activation.TryAllocate((values[0].Text.Length * 2L) + 2))
        {
            return CelActivation.LimitExceeded();
        }

        var output = new StringBuilder("\"");
        foreach (var c in values[0].Text)
        {
            _ = c switch
            {
                '\a' => output.Append("\\a"),
                '\b' => output.Append("\\b"),
                '\f' => output.Append("\\f"),
                '\n' => output.Append("\\n"),
                '\r' => output.Append("\\r"),
                '\t' => output.Append("\\t"),
                '\v' => output.Append("\\v"),
                '\\' => output.Append("\\\\"),
                '"' => output.Append("\\\""),
                _ => output.Append(c),
            };
        }

        return CelValue.Of(output.Append('"').ToString());
    }
}
