using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>Collects the problems of one place in the document.</summary>
internal readonly record struct ProblemList(string Path, ICollection<Problem> All)
{
    /// <summary>The environments of the test's expressions; null where no expression is checked.</summary>
    public TestScopes? Scopes { get; init; }

    /// <summary>The same list, for a field below.</summary>
    public ProblemList Field(string name) => this with { Path = SpecPath.Field(Path, name) };

    /// <summary>The same list, for an item below.</summary>
    public ProblemList Item(int index) => this with { Path = SpecPath.Item(Path, index) };

    public void Add(string rule, string message, string? value = null, string? suggestion = null) =>
        All.Add(new Problem(Path, rule, message) { Value = value, Suggestion = suggestion });

    public void Warn(string rule, string message, string? value = null, string? suggestion = null) =>
        All.Add(new Problem(Path, rule, message) { Value = value, Suggestion = suggestion, IsWarning = true });
}
