using System.Collections.Immutable;

namespace LoadTesting.Expressions;

/// <summary>What became of an expression's source: a program, or everything that is wrong with it.</summary>
/// <param name="Program">The program; null exactly when there are issues.</param>
/// <param name="Issues">All that was found, by position.</param>
public sealed record CelCompilation(CelProgram? Program, ImmutableArray<CelIssue> Issues);
