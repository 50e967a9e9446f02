using LoadTesting.Expressions.Evaluation;
using static LoadTesting.Expressions.CelType;
using static LoadTesting.Expressions.Functions.Signature;

namespace LoadTesting.Expressions.Functions;

/// <summary>Random data and the time; nothing here is evaluated before the run.</summary>
internal static class RandomFunctions
{
    private const string Lowercase = "abcdefghijklmnopqrstuvwxyz";

    public static IEnumerable<CelFunction> All => Declared.Select(function => function with { IsPure = false });

    private static IEnumerable<CelFunction> Declared =>
    [
        Global("uuid", CelType.String, (a, _) => CelValue.Of(Uuid(a.Host).ToString())) with { Writer = WriteUuid },
        Global("now", CelType.Timestamp, (a, _) => CelValue.Of(a.Host.UtcNow)),
        Global("randomInt", Int, (a, v) => Integer(a.Host, v[0].AsInt, v[1].AsInt), Int, Int),
        Global("randomFloat", CelType.Double, (a, _) => CelValue.Of(a.Host.NextDouble())),
        Global("randomFloat", CelType.Double, (a, v) => Real(a.Host, v[0], v[1]), Dyn, Dyn),
        Global("randomNormal", CelType.Double, Normal, Dyn, Dyn),
        Global("randomString", CelType.String, (a, v) => Characters(a, v[0].AsInt, Lowercase), Int),
        Global("randomString", CelType.String, (a, v) => Characters(a, v[0].AsInt, v[1].Text), Int, CelType.String),
        Global("randomText", CelType.String, (a, v) => RandomText.Words(a, v[0].AsInt), Int),
        Global("randomText", CelType.String, (a, v) => RandomText.OfEntropy(a, v[0].AsInt, v[1]), Int, Dyn),
        Global("randomBytes", Bytes, Octets, Int),
        Global("pick", T, (a, v) => Pick(a.Host, v[0].AsList), List(T)),
        Global("weighted", T, Weighted.Of, Map(T, Dyn)),
        Global("weighted", Dyn, Weighted.Of, AnyList),
    ];

    /// <summary>Characters of an alphabet, each as likely as the others. Code points outside the BMP are refused: a half would be no character.</summary>
    public static CelValue Characters(CelActivation activation, long count, string alphabet)
    {
        if (count < 0 || alphabet.Length == 0 || alphabet.Any(char.IsSurrogate))
        {
            return Errors.Invalid(count < 0 ? "a length is not negative" : "the alphabet needs characters of the Basic Multilingual Plane");
        }

        // A random number per character is dearer than copying one, so each is charged a step.
        if (!activation.TryAllocate(count) || !activation.TryCharge(count))
        {
            return CelActivation.LimitExceeded();
        }

        return CelValue.Of(string.Create((int)count, (activation.Host, alphabet), static (span, state) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = state.alphabet[(int)Chance.Below(state.Host, (ulong)state.alphabet.Length)];
            }
        }));
    }

    /// <summary>RFC 9562 version 4.</summary>
    private static Guid Uuid(ICelHost host)
    {
        Span<byte> octets = stackalloc byte[16];
        BitConverter.TryWriteBytes(octets, host.NextInt64());
        BitConverter.TryWriteBytes(octets[8..], host.NextInt64());
        octets[6] = (byte)((octets[6] & 0x0f) | 0x40);
        octets[8] = (byte)((octets[8] & 0x3f) | 0x80);
        return new Guid(octets, bigEndian: true);
    }

    private static int WriteUuid(CelActivation activation, Span<byte> output)
    {
        _ = Uuid(activation.Host).TryFormat(output, out var written);
        return written;
    }

    private static CelValue Integer(ICelHost host, long least, long most) => least > most
        ? Errors.Invalid($"randomInt's least {least} is above its most {most}")
        : CelValue.Of(unchecked(least + (long)Chance.Below(host, (ulong)most - (ulong)least + 1)));

    private static CelValue Real(ICelHost host, in CelValue least, in CelValue end)
    {
        if (!least.TryGetNumber(out var from) || !end.TryGetNumber(out var to))
        {
            return Errors.NoOverload("randomFloat", least, end);
        }

        return from <= to && double.IsFinite(to - from)
            ? CelValue.Of(from + ((to - from) * host.NextDouble()))
            : Errors.Invalid("randomFloat needs two finite numbers, the smaller first");
    }

    private static CelValue Normal(CelActivation activation, ReadOnlySpan<CelValue> values) =>
        values[0].TryGetNumber(out var mean) && values[1].TryGetNumber(out var deviation)
            ? CelValue.Of(mean + (deviation * Chance.Normal(activation.Host)))
            : Errors.NoOverload("randomNormal", values[0], values[1]);

    private static CelValue Octets(CelActivation activation, ReadOnlySpan<CelValue> values)
    {
        var count = values[0].AsInt;
        if (count < 0)
        {
            return Errors.Invalid("a length is not negative");
        }

        if (!activation.TryAllocate(count))
        {
            return CelActivation.LimitExceeded();
        }

        var octets = new byte[(count + 7) / 8 * 8];
        for (var i = 0; i < octets.Length; i += 8)
        {
            BitConverter.TryWriteBytes(octets.AsSpan(i), activation.Host.NextInt64());
        }

        return CelValue.Of(octets[..(int)count]);
    }

    private static CelValue Pick(ICelHost host, CelList list) =>
        list.Count == 0 ? Errors.Invalid("pick() from an empty list") : list[(int)Chance.Below(host, (ulong)list.Count)];
}
