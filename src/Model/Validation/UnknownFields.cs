namespace LoadTesting.Model.Validation;

/// <summary>The problem of a field that there is none of.</summary>
public static class UnknownFields
{
    /// <summary>Names the fields that there are, and the one that was probably meant.</summary>
    /// <param name="owner">Path of the mapping; empty = the document.</param>
    /// <param name="path">Path of the field.</param>
    /// <param name="field">The field.</param>
    /// <param name="known">Those that there are.</param>
    public static Problem Of(string owner, string path, string field, IReadOnlyCollection<string> known) => new(
        path, ProblemRules.UnknownField, $"{(owner.Length == 0 ? "the document" : $"'{owner}'")} has no field '{field}'; it has {string.Join(", ", known)}")
    {
        Value = field,
        Suggestion = Nearest.To(field, known),
    };
}
