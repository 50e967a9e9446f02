using System.Collections.Immutable;

namespace LoadTesting.Expressions.Syntax;

/// <summary>Recognizes the calls that are syntax: their arguments are not evaluated before the call but as often as it says.</summary>
internal static class Macros
{
    /// <summary>Names of the macros over lists and maps, for suggestions.</summary>
    public static readonly ImmutableArray<string> Names = ["all", "exists", "exists_one", "existsOne", "map", "filter", "transformList", "transformMap", "transformMapEntry"];

    /// <summary>The macro that a call is; the call itself when it is none.</summary>
    public static Expr Expand(CallExpr call)
    {
        if (call is { Target: null, Name: "has", Arguments: [var tested] })
        {
            return tested is SelectExpr { IsTest: false } select
                ? new SelectExpr(call.Offset, call.Length, select.Operand, select.Field, select.FieldOffset, isTest: true)
                : throw new SyntaxFailure(tested.Offset, tested.Length, "has() takes a field selection, as in has(json.id)");
        }

        if (call is { Target: NameExpr { Name: "cel", IsRooted: false }, Name: "bind", Arguments: [var variable, var value, var body] })
        {
            return new BindExpr(call.Offset, call.Length, Variable(call, variable), value, body);
        }

        return call.Target is null ? call : (call.Name, call.Arguments.Length) switch
        {
            ("all" or "exists" or "exists_one" or "existsOne" or "filter" or "map", 2) => Macro(call, 1),
            ("map", 3) => Macro(call, 1),
            ("all" or "exists" or "exists_one" or "existsOne" or "transformList" or "transformMap" or "transformMapEntry", 3) => Macro(call, 2),
            ("transformList" or "transformMap" or "transformMapEntry", 4) => Macro(call, 2),
            _ => call,
        };
    }

    private static MacroExpr Macro(CallExpr call, int variables)
    {
        var names = call.Arguments[..variables].Select(argument => Variable(call, argument)).ToImmutableArray();
        if (names.Length == 2 && names[0].Name == names[1].Name)
        {
            throw new SyntaxFailure(names[1].Offset, names[1].Length, $"the two variables of {call.Name}() need different names");
        }

        return new(call.Offset, call.Length, call.Name, call.Target!, names, call.Arguments[variables..]);
    }

    private static NameExpr Variable(CallExpr call, Expr argument) =>
        argument is NameExpr { IsRooted: false } name
            ? name
            : throw new SyntaxFailure(argument.Offset, argument.Length, $"{call.Name}() takes a variable's name here");
}
