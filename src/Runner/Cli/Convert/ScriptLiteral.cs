using System.Globalization;
using System.Text;
using LoadTesting.Model.Spec;

namespace LoadTesting.Runner.Cli.Convert;

/// <summary>
/// Reads the object literal of <c>export const options = {…}</c> in a k6 script: objects, lists, strings, numbers, booleans, null; comments and trailing commas. It is no
/// JavaScript engine: anything that would have to be evaluated is left out and listed.
/// </summary>
internal sealed class ScriptLiteral
{
    private static readonly string[] Beginnings = ["export const options", "export let options", "export var options", "const options", "let options", "var options", "module.exports.options", "exports.options"];

    private readonly string _text;
    private readonly ICollection<string> _notes;
    private int _at;

    private ScriptLiteral(string text, int at, ICollection<string> notes)
    {
        (_text, _at, _notes) = (text, at, notes);
    }

    /// <summary>The options of a script; null, with a note, when it has no literal that could be read.</summary>
    /// <param name="text">The script.</param>
    /// <param name="notes">Gets what was not understood, with its line.</param>
    public static SpecMap? Options(string text, ICollection<string> notes)
    {
        foreach (var beginning in Beginnings)
        {
            for (var found = text.IndexOf(beginning, StringComparison.Ordinal); found >= 0; found = text.IndexOf(beginning, found + 1, StringComparison.Ordinal))
            {
                var reader = new ScriptLiteral(text, found + beginning.Length, notes);
                if (!reader.Skip('=')) continue;
                reader.Blank();
                if (reader._at < text.Length && text[reader._at] == '{') return reader.Map();
                notes.Add($"line {reader.Line}: the options are no literal; `k6 inspect --execution-requirements script.js` prints them as JSON, which can be converted");
                return null;
            }
        }

        notes.Add("the script has no options");
        return null;
    }

    private int Line => 1 + _text.AsSpan(0, Math.Min(_at, _text.Length)).Count('\n');

    private SpecNode? Value(string path)
    {
        Blank();
        var start = _at;
        SpecNode? value = Peek switch
        {
            '{' => Map(path),
            '[' => List(path),
            '"' or '\'' or '`' => Text() is { } text ? new SpecScalar(text, ScalarKind.String, default) : null,
            _ => Word(),
        };
        Blank();
        if (value is not null && Peek is ',' or '}' or ']' or '\0' or ';') return value;

        // A call, a sum, a name: something that only a JavaScript engine knows.
        _at = start;
        var line = Line;
        var source = Expression();
        _notes.Add($"line {line}: {path} is `{source}`, which would have to be evaluated: it was left out");
        return null;
    }

    private SpecMap Map(string path = "options")
    {
        var entries = new List<SpecEntry>();
        _at++;
        for (Blank(); Peek is not ('}' or '\0'); Blank())
        {
            var line = Line;
            if (Peek == '.')
            {
                _notes.Add($"line {line}: {path} has `{Expression()}`, which would have to be evaluated: it was left out");
            }
            else if (Key() is { } key && Skip(':'))
            {
                var at = path == "options" ? key : $"{path}.{key}";
                if (Value(at) is { } value)
                {
                    entries.RemoveAll(e => e.Key == key);
                    entries.Add(new SpecEntry(key, default, value));
                }
            }
            else
            {
                _notes.Add($"line {line}: {path} has `{Expression()}`, which would have to be evaluated: it was left out");
            }

            if (!Skip(',')) break;
        }

        Blank();
        if (Peek == '}') _at++;
        return new SpecMap(entries, default);
    }

    private SpecList List(string path)
    {
        var items = new List<SpecNode>();
        _at++;
        for (Blank(); Peek is not (']' or '\0'); Blank())
        {
            if (Value($"{path}[{items.Count}]") is { } item) items.Add(item);
            if (!Skip(',')) break;
        }

        Blank();
        if (Peek == ']') _at++;
        return new SpecList(items, default);
    }

    private string? Key()
    {
        if (Peek is '"' or '\'') return Text();
        var start = _at;
        while (Peek is '_' or '$' || char.IsLetterOrDigit(Peek)) _at++;
        return _at > start ? _text[start.._at] : null;
    }

    /// <summary>A string without anything to evaluate in it; null otherwise.</summary>
    private string? Text()
    {
        var quote = _text[_at++];
        var text = new StringBuilder();
        for (; _at < _text.Length; _at++)
        {
            var c = _text[_at];
            if (c == quote)
            {
                _at++;
                return text.ToString();
            }

            if (quote == '`' && c == '$' && _at + 1 < _text.Length && _text[_at + 1] == '{') return null;
            if (c == '\n' && quote != '`') return null;
            if (c == '\\' && _at + 1 < _text.Length)
            {
                c = _text[++_at] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', var other => other };
                if (_text[_at] is 'u' or 'x') return null;
            }

            text.Append(c);
        }

        return null;
    }

    private SpecScalar? Word()
    {
        var start = _at;
        while (Peek is '_' or '.' or '+' or '-' || char.IsLetterOrDigit(Peek)) _at++;
        var word = _text[start.._at];
        if (word is "true" or "false") return new SpecScalar(word, ScalarKind.Boolean, default);
        if (word is "null" or "undefined") return new SpecScalar("null", ScalarKind.Null, default);
        var digits = word.Replace("_", "", StringComparison.Ordinal);
        if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return new SpecScalar(whole.ToString(CultureInfo.InvariantCulture), ScalarKind.Integer, default);
        return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && digits.Length > 0 && !char.IsLetter(digits[0])
            ? number == Math.Truncate(number) && Math.Abs(number) < 1e15
                ? new SpecScalar(((long)number).ToString(CultureInfo.InvariantCulture), ScalarKind.Integer, default)
                : new SpecScalar(number.ToString("R", CultureInfo.InvariantCulture), ScalarKind.Float, default)
            : null;
    }

    /// <summary>Goes to the end of an expression and gives its text, shortened.</summary>
    private string Expression()
    {
        var start = _at;
        for (var depth = 0; _at < _text.Length; _at++)
        {
            var c = _text[_at];
            if (c is '"' or '\'' or '`') _at = Math.Max(_at, EndOfString(_at));
            else if (c is '(' or '[' or '{') depth++;
            else if (c is ')' or ']' or '}' && depth-- == 0) break;
            else if (c is ',' or ';' && depth == 0) break;
        }

        var source = string.Join(' ', _text[start..Math.Min(_at, _text.Length)].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return source.Length <= 60 ? source : source[..57] + "…";
    }

    private int EndOfString(int from)
    {
        for (var i = from + 1; i < _text.Length; i++)
        {
            if (_text[i] == '\\') i++;
            else if (_text[i] == _text[from]) return i;
        }

        return _text.Length - 1;
    }

    private char Peek => _at < _text.Length ? _text[_at] : '\0';

    private bool Skip(char wanted)
    {
        Blank();
        if (Peek != wanted) return false;
        _at++;
        return true;
    }

    private void Blank()
    {
        while (_at < _text.Length)
        {
            if (char.IsWhiteSpace(_text[_at])) _at++;
            else if (string.CompareOrdinal(_text, _at, "//", 0, 2) == 0) _at = _text.IndexOf('\n', _at) is >= 0 and var end ? end : _text.Length;
            else if (string.CompareOrdinal(_text, _at, "/*", 0, 2) == 0) _at = _text.IndexOf("*/", _at + 2, StringComparison.Ordinal) is >= 0 and var end ? end + 2 : _text.Length;
            else break;
        }
    }
}
