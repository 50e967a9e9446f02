using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using LoadTesting.Expressions.Checking;
using LoadTesting.Expressions.Templates;
using LoadTesting.Expressions.Values;

namespace LoadTesting.Expressions;

/// <summary>
/// Text with <c>${expression}</c> inside. <c>$${</c> writes <c>${</c>. A text that is one whole <c>${…}</c> keeps the expression's type;
/// otherwise values become text: strings as they are, numbers and booleans as CEL's <c>string()</c>, null as <c>null</c>, lists and maps as JSON.
/// </summary>
public sealed class CelTemplate
{
    private readonly Part[] _parts;
    private readonly CelProgram? _whole;

    private CelTemplate(string text, Part[] parts)
    {
        (Text, _parts) = (text, parts);
        _whole = parts is [{ Program: { } only }] ? only : null;
    }

    /// <summary>The text it was compiled from.</summary>
    public string Text { get; }

    /// <summary>The variables that its expressions read, by name, sorted.</summary>
    public ImmutableArray<string> References =>
        [.. _parts.SelectMany(p => p.Program?.References ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Each place where its expressions read one of the environment's variables; positions are those in <see cref="Text"/>.</summary>
    public IEnumerable<CelRead> Reads => _parts.SelectMany(p => (p.Program?.Reads ?? []).Select(r => r with { Offset = r.Offset + p.Offset }));

    /// <summary>Whether there is no expression in it (or only constant ones).</summary>
    public bool IsConstant => _parts.All(p => p.Program is null or { IsConstant: true });

    /// <summary>What the result is: the expression's type when the text is one whole <c>${…}</c>, else string.</summary>
    public CelType ResultType => _whole?.ResultType ?? CelType.String;

    /// <summary>Compiles; every issue of every expression is reported at its place in the text.</summary>
    public static CelTemplateCompilation Compile(string text, CelEnvironment environment)
    {
        var issues = new IssueList(text);
        var template = Compile(text, environment, issues);
        return new(template, issues.ToImmutable());
    }

    internal static CelTemplate? Compile(string text, CelEnvironment environment, IssueList issues)
    {
        var known = issues.Count;
        var origin = issues.Origin;
        var parts = new List<Part>();
        foreach (var (isExpression, offset, length) in TemplateScanner.Scan(text))
        {
            if (!isExpression)
            {
                parts.Add(new(text.Substring(offset, length), null, offset));
                continue;
            }

            if (length < 0)
            {
                issues.Add(offset - 2, 2, "'${' has no matching '}'; write '$${' for the characters themselves");
                break;
            }

            issues.Origin = origin + offset;
            parts.Add(new("", CelCompiler.Compile(text.Substring(offset, length), environment, issues, check: true), offset));
            issues.Origin = origin;
        }

        if (parts.Count == 0)
        {
            parts.Add(new("", null, 0));
        }

        return issues.Count > known ? null : new(text, [.. parts]);
    }

    /// <summary>The value: typed when the text is one whole <c>${…}</c>, else a string; an error value when an expression fails.</summary>
    public CelValue Evaluate(CelActivation activation) => _whole is null ? Render(activation) : _whole.Evaluate(activation);

    /// <summary>Writes the value that <see cref="Evaluate"/> gives as JSON. Null when written, else why not (and then nothing has been).</summary>
    public CelError? WriteJson(CelActivation activation, IBufferWriter<byte> output)
    {
        if (_whole is not null)
        {
            return _whole.WriteJson(activation, output);
        }

        var text = Render(activation);
        if (!text.IsError)
        {
            CelJson.Write(output, text);
        }

        return text.IsError ? text.AsError : null;
    }

    /// <summary>The text as a string value; an error value when an expression fails.</summary>
    public CelValue Render(CelActivation activation)
    {
        if (_parts is [{ Program: null } only])
        {
            return CelValue.Of(only.Text);
        }

        var text = new StringBuilder();
        foreach (var part in _parts)
        {
            if (part.Program is null)
            {
                text.Append(part.Text);
                continue;
            }

            var value = part.Program.Evaluate(activation);
            if (value.IsError)
            {
                return value;
            }

            text.Append(ValueText.Rendered(value));
        }

        return CelValue.Of(text.ToString());
    }

    /// <summary>Writes the text as UTF-8; bytes values go out as they are. Null when written, else why not (and then a part may have been written).</summary>
    public CelError? Render(CelActivation activation, IBufferWriter<byte> output)
    {
        foreach (var part in _parts)
        {
            if (part.Program is null)
            {
                output.Write(part.Utf8);
                continue;
            }

            var value = part.Program.Evaluate(activation);
            if (value.IsError)
            {
                return value.AsError;
            }

            Utf8Text.Write(output, value);
        }

        return null;
    }

    /// <summary>Literal text, or an expression when the program is not null.</summary>
    internal sealed class Part(string text, CelProgram? program, int offset)
    {
        public int Offset => offset;

        public string Text => text;

        public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(text);

        public CelProgram? Program => program;
    }
}
