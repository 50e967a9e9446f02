using System.Text.RegularExpressions;
using LoadTesting.Expressions.Evaluation;
using static LoadTesting.Expressions.CelType;
using static LoadTesting.Expressions.Functions.Signature;

namespace LoadTesting.Expressions.Functions;

/// <summary>What regular expressions find: <c>find</c> and <c>findAll</c> as Kubernetes' CEL has them, and <c>capture</c> for a group.</summary>
internal static class PatternFunctions
{
    private delegate CelValue Search(CelActivation activation, string text, Regex pattern);

    public static IEnumerable<CelFunction> All =>
    [
        OverPattern("find", CelType.String, (_, text, pattern) => CelValue.Of(pattern.Match(text).Value)),
        OverPattern("findAll", List(CelType.String), FindAll),
        OverPattern("capture", CelType.String, Capture),
    ];

    private static CelFunction OverPattern(string name, CelType result, Search search)
    {
        return Member(name, result, (a, v) => a.FindRegex(v[1].Text) is { } pattern ? Charged(a, v[0].Text, pattern) : Errors.Invalid(RegularExpressions.Invalid(v[1].Text)), CelType.String, CelType.String)
            with { Specialize = arguments => RegularExpressions.Specialize(arguments, Charged) };

        CelValue Charged(CelActivation activation, string text, Regex pattern) =>
            activation.TryCharge(RegularExpressions.Work(text, pattern)) ? search(activation, text, pattern) : CelActivation.LimitExceeded();
    }

    private static CelValue FindAll(CelActivation activation, string text, Regex pattern)
    {
        var found = new List<CelValue>();
        long length = 0;
        for (var match = pattern.Match(text); match.Success; match = match.NextMatch())
        {
            length += 1 + (match.Length / 16);
            if (!activation.TryBuild(1 + (match.Length / 16), length))
            {
                return CelActivation.LimitExceeded();
            }

            found.Add(CelValue.Of(match.Value));
        }

        return CelValue.Of(CelList.Of([.. found]));
    }

    /// <summary>The first group of the first match (the whole match when the pattern has no groups); an error when nothing matches.</summary>
    private static CelValue Capture(CelActivation activation, string text, Regex pattern)
    {
        var match = pattern.Match(text);
        return match.Success
            ? CelValue.Of(match.Groups.Count > 1 ? match.Groups[1].Value : match.Value)
            : CelValue.Error(CelErrorCode.NoSuchKey, $"nothing matches '{pattern}'");
    }
}
