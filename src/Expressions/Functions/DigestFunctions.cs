using System.Security.Cryptography;
using System.Text;
using static LoadTesting.Expressions.CelType;
using static LoadTesting.Expressions.Functions.Signature;

namespace LoadTesting.Expressions.Functions;

/// <summary>Hashes, signatures and encodings. Texts are taken as their UTF-8; digests are lower-case hexadecimal.</summary>
internal static class DigestFunctions
{
    public static IEnumerable<CelFunction> All =>
    [
        .. OfText("sha256", CelType.String, octets => CelValue.Of(Convert.ToHexStringLower(SHA256.HashData(octets)))),
        .. OfText("sha512", CelType.String, octets => CelValue.Of(Convert.ToHexStringLower(SHA512.HashData(octets)))),
        .. OfText("hex", CelType.String, octets => CelValue.Of(Convert.ToHexStringLower(octets))),
        .. OfText("base64", CelType.String, octets => CelValue.Of(Convert.ToBase64String(octets))),
        .. OfText("base64Url", CelType.String, octets => CelValue.Of(System.Buffers.Text.Base64Url.EncodeToString(octets))),
        .. new[] { CelType.String, Bytes }.SelectMany(key => new[] { CelType.String, Bytes }.Select(message => Global("hmac", CelType.String, Hmac, key, message))),
        Global("urlEncode", CelType.String, (a, v) => a.TryAllocate(v[0].Text.Length * 3L) ? CelValue.Of(Uri.EscapeDataString(v[0].Text)) : CelActivation.LimitExceeded(), CelType.String),
        Global("urlEncode", CelType.String, Query, AnyMap),
        Global("urlDecode", CelType.String, (a, v) => a.TryAllocate(v[0].Text.Length) ? CelValue.Of(Uri.UnescapeDataString(v[0].Text)) : CelActivation.LimitExceeded(), CelType.String),
    ];

    private static CelFunction[] OfText(string name, CelType result, Func<byte[], CelValue> function) =>
    [
        Global(name, result, (a, v) => Over(a, v, function), CelType.String),
        Global(name, result, (a, v) => Over(a, v, function), Bytes),
    ];

    private static CelValue Over(CelActivation activation, ReadOnlySpan<CelValue> values, Func<byte[], CelValue> function) =>
        activation.TryAllocate(64 + (values[0].Weight * 32)) ? function(Octets(values[0])) : CelActivation.LimitExceeded();

    private static byte[] Octets(in CelValue value) => value.Kind == CelKind.String ? Encoding.UTF8.GetBytes(value.Text) : value.AsBytes.ToArray();

    /// <summary>HMAC-SHA-256 of a message under a key.</summary>
    private static CelValue Hmac(CelActivation activation, ReadOnlySpan<CelValue> values) =>
        activation.TryAllocate(64 + ((values[0].Weight + values[1].Weight) * 16))
            ? CelValue.Of(Convert.ToHexStringLower(HMACSHA256.HashData(Octets(values[0]), Octets(values[1]))))
            : CelActivation.LimitExceeded();

    /// <summary>A map as a query or form: <c>a=1&amp;b=x%20y</c>.</summary>
    private static CelValue Query(CelActivation activation, ReadOnlySpan<CelValue> values)
    {
        var map = values[0].AsMap;
        if (!activation.TryAllocate(map.Weight * 48))
        {
            return CelActivation.LimitExceeded();
        }

        var output = new StringBuilder();
        foreach (var key in map.Keys)
        {
            _ = map.TryGet(key, out var value);
            output.Append(output.Length == 0 ? "" : "&").Append(Uri.EscapeDataString(Values.ValueText.Rendered(key)))
                .Append('=').Append(Uri.EscapeDataString(Values.ValueText.Rendered(value)));
        }

        return CelValue.Of(output.ToString());
    }
}
