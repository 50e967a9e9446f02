namespace LoadTesting.Model.Spec;

/// <summary>Validity limits back to nodes; defaults are left out.</summary>
internal static class ValidityNodes
{
    public static SpecMap? Of(ValiditySpec validity)
    {
        var standard = new ValiditySpec();
        return new NodeBuilder()
            .Add("deliveredRatio", Share(validity.DeliveredRatio, standard.DeliveredRatio))
            .Add("maxTaintedSeconds", Share(validity.MaxTaintedSeconds, standard.MaxTaintedSeconds))
            .Add("maxSendLag", validity.MaxSendLag, standard.MaxSendLag)
            .Add("maxGeneratorCpu", Share(validity.MaxGeneratorCpu, standard.MaxGeneratorCpu))
            .Add("maxThrottled", Share(validity.MaxThrottled, standard.MaxThrottled))
            .Add("maxStall", validity.MaxStall, standard.MaxStall)
            .Add("maxStartSkew", validity.MaxStartSkew, standard.MaxStartSkew)
            .Add("minCoverage", Share(validity.MinCoverage, standard.MinCoverage))
            .Add("observedRatio", Share(validity.ObservedRatio, standard.ObservedRatio))
            .BuildIfAny();
    }

    private static SpecScalar? Share(Fraction value, Fraction standard) => value == standard ? null : NodeBuilder.Scalar(value.Value);
}
