using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec.Parsing;

/// <summary>Reads the thresholds of one metric: a list of strings and k6's objects, or one of them alone.</summary>
internal static class ThresholdReader
{
    public static IReadOnlyList<ThresholdSpec> ReadList(SpecNode node, string path, ICollection<Problem> problems) =>
        // One alone has no index in the source; its problems stand at [0], which leads to the same place.
        node is SpecList ? NodeValues.List(node, path, problems, Read) : [Read(node, SpecPath.Item(path, 0), problems)];

    private static ThresholdSpec Read(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (node is SpecMap)
        {
            var reader = ObjectReader.Open(node, path, problems)!;
            var threshold = new ThresholdSpec(reader.RequiredString("threshold") ?? "", reader.Boolean("abortOnFail") ?? false, reader.Duration("delayAbortEval"));
            reader.Close();
            return threshold;
        }

        if (node is SpecScalar { Kind: ScalarKind.String } scalar)
        {
            return new ThresholdSpec(scalar.Text);
        }

        problems.Add(NodeProblems.WrongType(node, path, "a threshold such as \"p(95)<500\", or {threshold, abortOnFail, delayAbortEval}"));
        return new ThresholdSpec("");
    }
}
