using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation;

/// <summary>
/// One thing wrong with a manifest. Validation never stops at the first: a user gets all of them at once.
/// </summary>
/// <param name="Path">Field path from the document's root, e.g. <c>spec.scenarios.load.stages[1].duration</c>.</param>
/// <param name="Rule">Short stable identifier of the broken rule in kebab-case, e.g. <c>unknown-field</c>, <c>duration</c>, <c>min</c>.</param>
/// <param name="Message">One sentence that says what is wrong and what would be right.</param>
public sealed record Problem(string Path, string Rule, string Message)
{
    /// <summary>The offending value as text; null where there is none (a missing field).</summary>
    public string? Value { get; init; }

    /// <summary>What was probably meant, e.g. the field name nearest to an unknown one; null when nothing is near.</summary>
    public string? Suggestion { get; init; }

    /// <summary>0-based offset within <see cref="Value"/> that the problem is about (an expression's syntax error); null = all of it.</summary>
    public int? Offset { get; init; }

    /// <summary>A warning does not stop a run. Default false.</summary>
    public bool IsWarning { get; init; }

    /// <summary>Where it stands, when a reader knows (a syntax error has no path); line 0 = look the path up.</summary>
    public SourcePosition Position { get; init; }
}
