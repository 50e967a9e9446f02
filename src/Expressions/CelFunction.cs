using LoadTesting.Expressions.Evaluation;

namespace LoadTesting.Expressions;

/// <summary>What a function does. Arguments are never errors unless <see cref="CelFunction.SeesErrors"/>; failures are returned as error values.</summary>
/// <param name="activation">The evaluation: host, and the budget that work and allocation are charged to.</param>
/// <param name="arguments">As many as the overload has parameters; a member function's target comes first.</param>
public delegate CelValue CelFunctionBody(CelActivation activation, ReadOnlySpan<CelValue> arguments);

/// <summary>Writes a function's result where at least 64 octets have room; gives the length.</summary>
internal delegate int CelTextWriter(CelActivation activation, Span<byte> output);

/// <summary>One overload of a function.</summary>
/// <param name="Name">Name as written, qualified where it has a namespace: <c>math.abs</c>.</param>
/// <param name="Parameters">Their types; a member function's target is the first.</param>
/// <param name="Result">Type of the result.</param>
/// <param name="Body">What it does.</param>
public sealed record CelFunction(string Name, IReadOnlyList<CelType> Parameters, CelType Result, CelFunctionBody Body)
{
    /// <summary>True: called <c>target.name(…)</c>; false: <c>name(…)</c>. Default false.</summary>
    public bool IsMember { get; init; }

    /// <summary>True: error values are passed in instead of being the result at once. Default false.</summary>
    public bool SeesErrors { get; init; }

    /// <summary>
    /// True: same arguments, same result, always; a call with constant arguments is then evaluated once at compile time.
    /// False for everything that uses the host. Default true.
    /// </summary>
    public bool IsPure { get; init; } = true;

    /// <summary>True: the last parameter may be repeated, at least once. Default false.</summary>
    public bool IsVariadic { get; init; }

    /// <summary>
    /// For functions without arguments whose result is a string of ASCII that JSON does not escape: writes it, of the same chance as <see cref="Body"/>, where no
    /// string is wanted. Gives its length.
    /// </summary>
    internal CelTextWriter? Writer { get; init; }

    /// <summary>Given the constant arguments (null where not constant), may return a body that reads them no more.</summary>
    internal Func<IReadOnlyList<CelValue?>, CelSpecialization?>? Specialize { get; init; }
}
