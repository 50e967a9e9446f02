using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation;

/// <summary>Where in a document a problem should be shown.</summary>
internal static class ProblemPlace
{
    /// <summary>A field's key when the field itself is wrong, else its value; for a missing field the place where it is missing.</summary>
    public static SourcePosition Of(Problem problem, SpecNode document)
    {
        var place = SpecPath.Find(document, problem.Path);
        if (!place.Exact)
        {
            return place.KeyPosition.Line > 0 ? place.KeyPosition : place.Node.Position;
        }

        return problem.Rule is ProblemRules.UnknownField or ProblemRules.Unsupported or ProblemRules.Name || place.Node is SpecMap or SpecList
            ? place.KeyPosition
            : place.Node.Position;
    }
}
