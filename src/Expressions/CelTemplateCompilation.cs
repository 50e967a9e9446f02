using System.Collections.Immutable;

namespace LoadTesting.Expressions;

/// <summary>What became of a template's text.</summary>
/// <param name="Template">The template; null exactly when there are issues.</param>
/// <param name="Issues">All that was found; offsets are those of the whole text, not of one expression.</param>
public sealed record CelTemplateCompilation(CelTemplate? Template, ImmutableArray<CelIssue> Issues);
