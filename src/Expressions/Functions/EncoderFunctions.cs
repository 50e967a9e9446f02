using LoadTesting.Expressions.Evaluation;
using static LoadTesting.Expressions.CelType;
using static LoadTesting.Expressions.Functions.Signature;

namespace LoadTesting.Expressions.Functions;

/// <summary>CEL's encoder extension.</summary>
internal static class EncoderFunctions
{
    public static IEnumerable<CelFunction> All =>
    [
        Global("base64.encode", CelType.String, Encode, Bytes),
        Global("base64.decode", Bytes, Decode, CelType.String),
    ];

    private static CelValue Encode(CelActivation activation, ReadOnlySpan<CelValue> values) =>
        activation.TryAllocate(values[0].AsBytes.Length * 2L) ? CelValue.Of(Convert.ToBase64String(values[0].AsBytes.Span)) : CelActivation.LimitExceeded();

    /// <summary>With or without padding.</summary>
    private static CelValue Decode(CelActivation activation, ReadOnlySpan<CelValue> values)
    {
        var text = values[0].Text.TrimEnd('=');
        if (!activation.TryAllocate(text.Length))
        {
            return CelActivation.LimitExceeded();
        }

        var octets = new byte[text.Length];
        return Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), octets, out var written)
            ? CelValue.Of(octets[..written])
            : Errors.Invalid("the text is not base64");
    }
}
