using System.Collections.Immutable;

namespace LoadTesting.Expressions;

/// <summary>A place in an expression where a variable is read: <c>json.user.name</c> reads of <c>json</c> nothing but its field <c>user</c>'s field <c>name</c>.</summary>
/// <param name="Variable">The variable's name.</param>
/// <param name="Fields">The fields, from the variable inwards; empty when the variable is used as a whole.</param>
public readonly record struct CelRead(string Variable, ImmutableArray<string> Fields);
