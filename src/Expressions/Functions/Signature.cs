using static LoadTesting.Expressions.CelType;

namespace LoadTesting.Expressions.Functions;

/// <summary>Shorthand for declaring overloads.</summary>
internal static class Signature
{
    public static readonly CelType T = Parameter("T");

    public static CelFunction Global(string name, CelType result, CelFunctionBody body, params CelType[] parameters) => new(name, parameters, result, body);

    public static CelFunction Member(string name, CelType result, CelFunctionBody body, params CelType[] parameters) =>
        new(name, parameters, result, body) { IsMember = true };

    /// <summary>The same function called either way.</summary>
    public static CelFunction[] Both(string name, CelType result, CelFunctionBody body, params CelType[] parameters) =>
        [Global(name, result, body, parameters), Member(name, result, body, parameters)];
}
