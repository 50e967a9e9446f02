using System.Globalization;
using LoadTesting.Expressions;
using LoadTesting.Model.Spec;

namespace LoadTesting.Runner.Engine.Compilation;

/// <summary>What of a test's inputs is secret: <c>env</c> from Secrets, and every value in the rows of feeders from Secrets.</summary>
internal static class SecretInputs
{
    /// <summary>Shortest value of a row that is masked, in characters: rows also have numbers, flags and words that any text may have.</summary>
    public const int ShortestOfRow = 6;

    /// <summary>The values.</summary>
    /// <param name="spec">The test.</param>
    /// <param name="environment">Its env with the values that its references stand for.</param>
    /// <param name="rows">The rows of its feeders, by name.</param>
    public static IEnumerable<string> Of(
        LoadTestSpec spec, IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<string, IReadOnlyList<CelValue>> rows) =>
    [
        .. spec.Env.Where(e => e.IsSecret).Select(e => environment.GetValueOrDefault(e.Name, "")),
        .. spec.Data.Where(d => d.Secret is not null).SelectMany(d => rows.GetValueOrDefault(d.Name, []))
            .SelectMany(Texts).Where(t => t.Length >= ShortestOfRow),
    ];

    /// <summary>
    /// Which fields of a request have a secret in them: those whose expressions read one, whatever they make of it (a digest, a signature), and those whose
    /// value shows one, whichever way it came there. Null = the test has no secrets.
    /// </summary>
    public static Func<KeyValuePair<string, string>, bool>? FieldsOf(
        LoadTestSpec spec, IEnumerable<(string Name, CelTemplate Value)> fields, SecretMask secrets)
    {
        if (!spec.Env.Any(e => e.IsSecret) && spec.Data.All(d => d.Secret is null)) return null;
        var names = fields.Where(f => f.Value.Reads.Any(r => IsSecret(spec, r))).Select(f => f.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return field => names.Contains(field.Key) || secrets.IsIn(field.Value);
    }

    // A map that is read as a whole may give anything in it.
    private static bool IsSecret(LoadTestSpec spec, CelRead read) => read.Variable switch
    {
        "env" => spec.Env.Any(e => e.IsSecret && (read.Fields.IsEmpty || read.Fields[0] == e.Name)),
        "data" => spec.Data.Any(d => d.Secret is not null && (read.Fields.IsEmpty || read.Fields[0] == d.Name)),
        _ => false,
    };

    private static IEnumerable<string> Texts(CelValue value) => value.Kind switch
    {
        CelKind.String => [value.AsString],
        CelKind.Int => [value.AsInt.ToString(CultureInfo.InvariantCulture)],
        CelKind.List => Enumerable.Range(0, value.AsList.Count).SelectMany(i => Texts(value.AsList[i])),
        CelKind.Map => value.AsMap.Keys.SelectMany(k => value.AsMap.TryGet(k, out var entry) ? Texts(entry) : []),
        _ => [],
    };
}
