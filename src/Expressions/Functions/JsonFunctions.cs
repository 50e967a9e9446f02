using System.Text;
using LoadTesting.Expressions.Evaluation;
using static LoadTesting.Expressions.CelType;
using static LoadTesting.Expressions.Functions.Signature;

namespace LoadTesting.Expressions.Functions;

/// <summary>JSON texts, and paths into values.</summary>
internal static class JsonFunctions
{
    public static IEnumerable<CelFunction> All =>
    [
        Global("json.encode", CelType.String, Encode, Dyn),
        Global("json.decode", Dyn, (a, v) => Decode(a, v[0], Encoding.UTF8.GetBytes), CelType.String),
        Global("json.decode", Dyn, (a, v) => a.TryCharge(v[0].Weight * 4) ? CelJson.Parse(v[0].AsBytes.ToArray()) : CelActivation.LimitExceeded(), Bytes),
        Global("jsonPath", Dyn, (a, v) => JsonPath.TryParse(v[1].Text, out var path, out var problem) ? path.Find(a, v[0]) : Errors.Invalid(problem), Dyn, CelType.String)
            with { Specialize = Specialize },
    ];

    private static CelValue Encode(CelActivation activation, ReadOnlySpan<CelValue> values)
    {
        if (!activation.TryAllocate(values[0].Weight * 16))
        {
            return CelActivation.LimitExceeded();
        }

        return CelValue.Of(CelJson.ToText(values[0]));
    }

    private static CelValue Decode(CelActivation activation, in CelValue value, Func<string, byte[]> octets) =>
        activation.TryCharge(value.Weight * 4) ? CelJson.Parse(octets(value.Text)) : CelActivation.LimitExceeded();

    private static CelSpecialization? Specialize(IReadOnlyList<CelValue?> arguments)
    {
        if (arguments[1] is not { Kind: CelKind.String } text)
        {
            return null;
        }

        return JsonPath.TryParse(text.Text, out var path, out var problem) ? new((a, v) => path.Find(a, v[0]), null) : new(null, problem);
    }
}
