using System.Buffers;
using System.Text;
using LoadTesting.Expressions;

namespace LoadTesting.Runner.Engine.Compilation;

/// <summary>A request's body.</summary>
internal interface IBodyTemplate
{
    /// <summary>Content-Type when the author gives none; null = none.</summary>
    string? ContentType { get; }

    /// <summary>The whole body when nothing in it changes; null otherwise.</summary>
    byte[]? Constant { get; }

    /// <summary>Writes the body of this iteration; gives the reason when it cannot.</summary>
    CelError? Write(CelActivation activation, ArrayBufferWriter<byte> output);
}

/// <summary>Text.</summary>
internal sealed class TextBody : IBodyTemplate
{
    private readonly CelTemplate _text;

    public TextBody(CelTemplate text, CelActivation probe)
    {
        _text = text;
        Constant = BodyTemplates.Constant(text.IsConstant, this, probe);
    }

    public string? ContentType => null;

    public byte[]? Constant { get; }

    public CelError? Write(CelActivation activation, ArrayBufferWriter<byte> output) => _text.Render(activation, output);
}

/// <summary>An URL-encoded form.</summary>
internal sealed class FormBody : IBodyTemplate
{
    private readonly IReadOnlyList<(string Name, CelTemplate Value)> _fields;

    public FormBody(IReadOnlyList<(string Name, CelTemplate Value)> fields, CelActivation probe)
    {
        _fields = fields;
        Constant = BodyTemplates.Constant(fields.All(f => f.Value.IsConstant), this, probe);
    }

    public string ContentType => "application/x-www-form-urlencoded";

    public byte[]? Constant { get; }

    public CelError? Write(CelActivation activation, ArrayBufferWriter<byte> output)
    {
        var separator = "";
        foreach (var (name, template) in _fields)
        {
            var value = template.Render(activation);
            if (value.IsError) return value.AsError;
            Encoding.UTF8.GetBytes($"{separator}{Escape(name)}={Escape(value.AsString)}", output);
            separator = "&";
        }

        return null;
    }

    private static string Escape(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}

/// <summary>What the kinds of body share.</summary>
internal static class BodyTemplates
{
    /// <summary>The body rendered once, where that is possible.</summary>
    public static byte[]? Constant(bool isConstant, IBodyTemplate body, CelActivation probe)
    {
        var output = new ArrayBufferWriter<byte>();
        return isConstant && body.Write(probe, output) is null ? output.WrittenSpan.ToArray() : null;
    }
}
