using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace LoadTesting.Expressions.Values;

/// <summary>Values as template text, straight to UTF-8.</summary>
internal static class Utf8Text
{
    public static void Write(IBufferWriter<byte> output, in CelValue value)
    {
        switch (value.Kind)
        {
            case CelKind.Int when Utf8Formatter.TryFormat(value.Bits, output.GetSpan(20), out var written): output.Advance(written); break;
            case CelKind.Bytes: output.Write(value.AsBytes.Span); break;
            case CelKind.List or CelKind.Map: CelJson.Write(output, value); break;
            default: Encoding.UTF8.GetBytes(ValueText.Plain(value), output); break;
        }
    }
}
