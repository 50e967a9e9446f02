using System.Collections.Immutable;
using LoadTesting.Expressions.Syntax;

namespace LoadTesting.Expressions.Tests;

/// <summary>Syntax trees by chance: every kind of node, with names and functions that exist and some that do not.</summary>
internal sealed class RandomExpressions(int seed)
{
    private static readonly string[] Names = ["x", "y", "list", "map", "text", "missing", "int", "size"];
    private static readonly string[] Fields = ["a", "b", "with-dash", "in", "as", "nothing"];
    private static readonly string[] Operators = ["==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%"];

    private static readonly (string Name, int Arguments)[] Functions =
        [("size", 1), ("string", 1), ("int", 1), ("double", 1), ("type", 1), ("dyn", 1), ("range", 1), ("sha256", 1), ("uuid", 0), ("default", 2), ("randomInt", 2), ("nope", 1), ("duration", 1), ("timestamp", 1), ("weighted", 1), ("jsonPath", 2)];

    private static readonly (string Name, int Arguments)[] Members =
        [("contains", 1), ("matches", 1), ("split", 1), ("substring", 1), ("replace", 2), ("join", 0), ("format", 1), ("reverse", 0), ("sum", 0), ("distinct", 0), ("sort", 0), ("findAll", 1), ("nope", 0), ("getHours", 0)];

    private readonly Random _random = new(seed);

    public Expr Next(int depth) => depth <= 0 ? Leaf() : _random.Next(14) switch
    {
        0 or 1 => Leaf(),
        2 => new SelectExpr(0, 0, Next(depth - 1), Pick(Fields), 0, isTest: _random.Next(3) == 0),
        3 => new IndexExpr(0, 0, Next(depth - 1), Next(depth - 1)),
        4 => Call(null, Pick(Functions), depth),
        5 => Call(Next(depth - 1), Pick(Members), depth),
        6 => Unary(Pick(["!", "-"]), Next(depth - 1)),
        7 or 8 => new BinaryExpr(Pick(Operators), Next(depth - 1), Next(depth - 1)),
        9 => new LogicalExpr(Pick(["&&", "||"]), Many(2 + _random.Next(3), depth)),
        10 => new ConditionalExpr(Next(depth - 1), Next(depth - 1), Next(depth - 1)),
        11 => new ListExpr(0, 0, Many(_random.Next(4), depth)),
        12 => new MapExpr(0, 0, [.. Enumerable.Range(0, _random.Next(3)).Select(_ => (Next(depth - 1), Next(depth - 1)))]),
        _ => Macro(depth),
    };

    /// <summary>Text that looks like an expression here and there.</summary>
    public string Text()
    {
        string[] pieces = ["x", ".", "(", ")", "[", "]", "{", "}", "'", "\"", "'''", "\\", "\\u12", "${", "}", "1", "0x", "1e", "u", "b'", "r\"", " ", "\n", "//", "&&", "||", "!", "?", ":", ",", "in", "all(", "has(", "\0", "é", "\ud800", "🚀", "==", "-", "`", "cel.bind(", "9999999999999999999", "%"];
        return string.Concat(Enumerable.Range(0, _random.Next(40)).Select(_ => Pick(pieces)));
    }

    private LiteralExpr Leaf2(CelValue value) => new(0, 0, value);

    private Expr Leaf() => _random.Next(12) switch
    {
        0 => Leaf2(CelValue.Of((long)_random.Next(-5, 6))),
        1 => Leaf2(CelValue.Of(_random.NextInt64(long.MinValue, long.MaxValue))),
        2 => Leaf2(CelValue.Of((ulong)_random.NextInt64())),
        3 => Leaf2(CelValue.Of(_random.NextDouble() * Math.Pow(10, _random.Next(-30, 30)))),
        4 => Leaf2(CelValue.Of(Pick(["", "a", "12", "quote\"'\\", "line\n", "🚀ä", "%s", "(", "1h", "$.a"]))),
        5 => Leaf2(CelValue.Of([0, 65, 255, 34])),
        6 => Leaf2(CelValue.Null),
        7 => Leaf2(CelValue.Of(_random.Next(2) == 0)),
        _ => new NameExpr(0, 0, Pick(Names), isRooted: _random.Next(10) == 0),
    };

    private static Expr Unary(string operation, Expr operand) => new UnaryExpr(0, 0, operation, operand);

    private CallExpr Call(Expr? target, (string Name, int Arguments) function, int depth) =>
        new(0, 0, target, function.Name, 0, Many(function.Arguments, depth));

    private Expr Macro(int depth)
    {
        var variable = new NameExpr(0, 0, Pick(["x", "v"]), false);
        return _random.Next(4) switch
        {
            0 => new BindExpr(0, 0, variable, Next(depth - 1), Next(depth - 1)),
            1 => new MacroExpr(0, 0, Pick(["all", "exists", "exists_one", "map", "filter"]), Next(depth - 1), [variable], [Next(depth - 1)]),
            2 => new MacroExpr(0, 0, "map", Next(depth - 1), [variable], [Next(depth - 1), Next(depth - 1)]),
            _ => new MacroExpr(0, 0, Pick(["all", "exists", "existsOne", "transformList", "transformMap", "transformMapEntry"]), Next(depth - 1), [variable, new(0, 0, "w", false)], [Next(depth - 1)]),
        };
    }

    private ImmutableArray<Expr> Many(int count, int depth) => [.. Enumerable.Range(0, count).Select(_ => Next(depth - 1))];

    private T Pick<T>(T[] choices) => choices[_random.Next(choices.Length)];
}
