using System.Globalization;
using System.Text;
using LoadTesting.Expressions.Evaluation;
using LoadTesting.Expressions.Values;
using static LoadTesting.Expressions.CelType;
using static LoadTesting.Expressions.Functions.Signature;

namespace LoadTesting.Expressions.Functions;

/// <summary>Conversions between types: the functions named like types.</summary>
internal static class Conversions
{
    // 2^63 and 2^64: the first doubles beyond int and uint.
    private const double IntEnd = 9_223_372_036_854_775_808.0;
    private const double UIntEnd = 18_446_744_073_709_551_616.0;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static IEnumerable<CelFunction> All =>
    [
        .. Same(Bool), .. Same(Int), .. Same(UInt), .. Same(CelType.Double), .. Same(CelType.String), .. Same(Bytes),
        Global("bool", Bool, (_, v) => ParseBool(v[0].Text), CelType.String),
        Global("int", Int, (_, v) => v[0].AsUInt <= long.MaxValue ? CelValue.Of((long)v[0].AsUInt) : Errors.Range("the uint does not fit an int"), UInt),
        Global("int", Int, (_, v) => DoubleToInt(v[0].AsDouble), CelType.Double),
        Global("int", Int, (_, v) => ParseInt(v[0].Text), CelType.String),
        Global("int", Int, (_, v) => CelValue.Of(v[0].Bits), CelType.Timestamp),
        Global("int", Int, (_, v) => CelValue.Of(v[0].Bits), CelType.Duration),
        Global("uint", UInt, (_, v) => v[0].Bits >= 0 ? CelValue.Of((ulong)v[0].Bits) : Errors.Range("a negative int does not fit a uint"), Int),
        Global("uint", UInt, (_, v) => DoubleToUInt(v[0].AsDouble), CelType.Double),
        Global("uint", UInt, (_, v) => ParseUInt(v[0].Text), CelType.String),
        Global("double", CelType.Double, ToDouble, Int),
        Global("double", CelType.Double, ToDouble, UInt),
        Global("double", CelType.Double, (_, v) => ParseDouble(v[0].Text), CelType.String),
        .. new[] { Bool, Int, UInt, CelType.Double, CelType.Timestamp, CelType.Duration }.Select(type => Global("string", CelType.String, ToText, type)),
        Global("string", CelType.String, FromUtf8, Bytes),
        Global("bytes", Bytes, ToUtf8, CelType.String),
    ];

    /// <summary>Decodes UTF-8; an error value when the octets are not.</summary>
    public static CelValue FromUtf8(CelActivation activation, ReadOnlySpan<CelValue> values)
    {
        var octets = values[0].AsBytes.Span;
        if (!activation.TryAllocate(octets.Length))
        {
            return CelActivation.LimitExceeded();
        }

        try
        {
            return CelValue.Of(StrictUtf8.GetString(octets));
        }
        catch (DecoderFallbackException)
        {
            return Errors.Invalid("the bytes are not UTF-8");
        }
    }

    private static CelFunction[] Same(CelType type) => [Global(type.Name, type, (_, v) => v[0], type)];

    private static CelValue ToText(CelActivation activation, ReadOnlySpan<CelValue> values) => CelValue.Of(ValueText.Plain(values[0]));

    private static CelValue ToUtf8(CelActivation activation, ReadOnlySpan<CelValue> values) =>
        activation.TryAllocate(values[0].Text.Length) ? CelValue.Of(Encoding.UTF8.GetBytes(values[0].Text)) : CelActivation.LimitExceeded();

    private static CelValue ToDouble(CelActivation activation, ReadOnlySpan<CelValue> values)
    {
        _ = values[0].TryGetNumber(out var number);
        return CelValue.Of(number);
    }

    private static CelValue DoubleToInt(double value) =>
        value is > -IntEnd and < IntEnd ? CelValue.Of((long)value) : NoInteger(value, "an int");

    private static CelValue DoubleToUInt(double value) =>
        value is > -1 and < UIntEnd ? CelValue.Of((ulong)value) : NoInteger(value, "a uint");

    // Where most who see it come from is said, too.
    private static CelValue NoInteger(double value, string type) => Errors.Range(
        double.IsPositiveInfinity(value) ? $"Infinity does not fit {type}: a request without an answer has Infinity for its timings; math.isFinite(value) tells before"
        : double.IsFinite(value) ? $"the double {ValueText.Double(value)} does not fit {type}"
        : $"{ValueText.Double(value)} does not fit {type}; math.isFinite(value) tells before");

    private static CelValue ParseBool(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => CelValue.True,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => CelValue.False,
        _ => NotA("bool", text),
    };

    private static CelValue ParseInt(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? CelValue.Of(value) : NotA("int", text);

    private static CelValue ParseUInt(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? CelValue.Of(value) : NotA("uint", text);

    private static CelValue ParseDouble(string text)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return text switch
        {
            "Infinity" or "+Infinity" or "Inf" or "+Inf" => CelValue.Of(double.PositiveInfinity),
            "-Infinity" or "-Inf" => CelValue.Of(double.NegativeInfinity),
            _ => double.TryParse(text, Style, CultureInfo.InvariantCulture, out var value) ? CelValue.Of(value) : NotA("double", text),
        };
    }

    private static CelValue NotA(string type, string text) => Errors.Invalid($"'{(text.Length <= 64 ? text : text[..64] + "…")}' is not a text for {type}()");
}
