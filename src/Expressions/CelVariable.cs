namespace LoadTesting.Expressions;

/// <summary>A variable an expression may use.</summary>
/// <param name="Name">Identifier, or a qualified name with dots (<c>a.b</c> is one variable).</param>
/// <param name="Type">What it holds; <see cref="CelType.Dyn"/> when that is known only at run time.</param>
public sealed record CelVariable(string Name, CelType Type);
