using System.Collections.Immutable;
using LoadTesting.Expressions.Functions;

namespace LoadTesting.Expressions;

/// <summary>
/// What an expression may use: variables, functions, a name space to resolve names in, limits. Immutable; each With… returns
/// a changed copy. Variables keep their slot: adding to an environment never moves those it had.
/// </summary>
public sealed class CelEnvironment
{
    /// <summary>CEL's standard functions and its string, math, encoder and binding extensions; no variables.</summary>
    public static readonly CelEnvironment Standard =
        new CelEnvironment([], ImmutableDictionary<string, ImmutableArray<CelFunction>>.Empty, "", CelLimits.Default).WithFunctions(
        [
            .. StandardFunctions.All, .. Conversions.All, .. TimeFunctions.All, .. StringFunctions.All, .. MathFunctions.All, .. EncoderFunctions.All,
        ]);

    private readonly ImmutableDictionary<string, int> _slots;

    private CelEnvironment(ImmutableArray<CelVariable> variables, ImmutableDictionary<string, ImmutableArray<CelFunction>> functions, string container, CelLimits limits)
    {
        (Variables, Functions, Container, Limits) = (variables, functions, container, limits);
        _slots = variables.Select((variable, slot) => (variable.Name, slot)).ToImmutableDictionary(v => v.Name, v => v.slot, StringComparer.Ordinal);
    }

    /// <summary>The variables; a variable's position is its slot in a <see cref="CelActivation"/>.</summary>
    public ImmutableArray<CelVariable> Variables { get; }

    /// <summary>Every overload by the function's name.</summary>
    public ImmutableDictionary<string, ImmutableArray<CelFunction>> Functions { get; }

    /// <summary>Name space in which names are looked up first, from the inside out; empty for none.</summary>
    public string Container { get; }

    /// <summary>What one expression may cost.</summary>
    public CelLimits Limits { get; }

    /// <summary>The slot of a variable; -1 when there is none of that name.</summary>
    public int SlotOf(string name) => _slots.GetValueOrDefault(name, -1);

    /// <summary>Adds a variable, or gives one of that name a new type.</summary>
    public CelEnvironment WithVariable(string name, CelType type)
    {
        var slot = SlotOf(name);
        var variable = new CelVariable(name, type);
        return new(slot < 0 ? Variables.Add(variable) : Variables.SetItem(slot, variable), Functions, Container, Limits);
    }

    /// <summary>Adds overloads to those that exist.</summary>
    public CelEnvironment WithFunctions(IEnumerable<CelFunction> functions)
    {
        var all = Functions.ToBuilder();
        foreach (var function in functions)
        {
            all[function.Name] = all.GetValueOrDefault(function.Name, []).Add(function);
        }

        return new(Variables, all.ToImmutable(), Container, Limits);
    }

    /// <summary>Sets the name space.</summary>
    public CelEnvironment WithContainer(string container) => new(Variables, Functions, container, Limits);

    /// <summary>Sets the limits.</summary>
    public CelEnvironment WithLimits(CelLimits limits) => new(Variables, Functions, Container, limits);
}
