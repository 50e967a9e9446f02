using System.Collections.Immutable;

namespace LoadTesting.Expressions;

/// <summary>A place in an expression where a variable is read: <c>json.user.name</c> reads of <c>json</c> nothing but its field <c>user</c>'s field <c>name</c>.</summary>
/// <param name="Variable">The variable's name.</param>
/// <param name="Fields">The fields, from the variable inwards; empty when the variable is used as a whole.</param>
public readonly record struct CelRead(string Variable, ImmutableArray<string> Fields)
{
    /// <summary>0-based position of the first field in the source, of the variable itself where it is used as a whole; in UTF-16 units.</summary>
    public int Offset { get; init; }

    /// <summary>Whether the expression sees to a missing field itself: by <c>default(x.f, …)</c>, or by <c>has(x.f)</c> or <c>'f' in x</c> before.</summary>
    public bool IsGuarded { get; init; }
}
