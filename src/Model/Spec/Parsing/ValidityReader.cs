using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec.Parsing;

/// <summary>Reads <c>validity</c>.</summary>
internal static class ValidityReader
{
    public static ValiditySpec Read(SpecNode node, string path, ICollection<Problem> problems)
    {
        var standard = new ValiditySpec();
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return standard;
        }

        var validity = new ValiditySpec
        {
            DeliveredRatio = Share(reader, "deliveredRatio") ?? standard.DeliveredRatio,
            MaxTaintedSeconds = Share(reader, "maxTaintedSeconds") ?? standard.MaxTaintedSeconds,
            MaxSendLag = reader.Duration("maxSendLag") ?? standard.MaxSendLag,
            MaxGeneratorCpu = Share(reader, "maxGeneratorCpu") ?? standard.MaxGeneratorCpu,
            MaxThrottled = Share(reader, "maxThrottled") ?? standard.MaxThrottled,
            MaxStall = reader.Duration("maxStall") ?? standard.MaxStall,
            MaxStartSkew = reader.Duration("maxStartSkew") ?? standard.MaxStartSkew,
            MinCoverage = Share(reader, "minCoverage") ?? standard.MinCoverage,
            ObservedRatio = Share(reader, "observedRatio") ?? standard.ObservedRatio,
        };
        reader.Close();
        return validity;
    }

    private static Fraction? Share(ObjectReader reader, string name)
    {
        if (reader.Node(name) is not { } node)
        {
            return null;
        }

        if (node is SpecScalar { Kind: ScalarKind.String or ScalarKind.Integer or ScalarKind.Float } scalar && Fraction.TryParse(scalar.Text, out var fraction))
        {
            return fraction;
        }

        reader.Problems.Add(NodeProblems.WrongType(node, reader.PathOf(name), "a share: a number from 0 to 1, or a percentage such as 5%"));
        return null;
    }
}
