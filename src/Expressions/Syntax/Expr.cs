using System.Collections.Immutable;

namespace LoadTesting.Expressions.Syntax;

/// <summary>A node of the syntax tree, with the stretch of source it came from.</summary>
internal abstract class Expr(int offset, int length, int depth)
{
    public int Offset => offset;

    public int Length => length;

    public int End => offset + length;

    /// <summary>Levels of the tree from here down; bounded, so that every recursion over a tree is.</summary>
    public int Depth => depth;

    protected static int Deepest(IEnumerable<Expr> children) => children.Select(c => c.Depth).DefaultIfEmpty(0).Max() + 1;
}

internal sealed class LiteralExpr(int offset, int length, CelValue value) : Expr(offset, length, 1)
{
    public CelValue Value => value;
}

/// <summary><c>name</c>, or <c>.name</c> which is looked up outside every name space and comprehension.</summary>
internal sealed class NameExpr(int offset, int length, string name, bool isRooted) : Expr(offset, length, 1)
{
    public string Name => name;

    public bool IsRooted => isRooted;
}

/// <summary><c>operand.field</c>, or <c>has(operand.field)</c>.</summary>
internal sealed class SelectExpr(int offset, int length, Expr operand, string name, int fieldOffset, bool isTest = false) : Expr(offset, length, operand.Depth + 1)
{
    public Expr Operand => operand;

    public string Field => name;

    public int FieldOffset => fieldOffset;

    public bool IsTest => isTest;
}

internal sealed class IndexExpr(int offset, int length, Expr operand, Expr index) : Expr(offset, length, Math.Max(operand.Depth, index.Depth) + 1)
{
    public Expr Operand => operand;

    public Expr Index => index;
}

/// <summary><c>name(…)</c> or <c>target.name(…)</c>; the target may turn out to be a name space.</summary>
internal sealed class CallExpr(int offset, int length, Expr? target, string name, int nameOffset, ImmutableArray<Expr> arguments)
    : Expr(offset, length, Deepest(target is null ? arguments : arguments.Add(target)))
{
    public Expr? Target => target;

    public string Name => name;

    public int NameOffset => nameOffset;

    public ImmutableArray<Expr> Arguments => arguments;
}

/// <summary><c>!x</c> or <c>-x</c>.</summary>
internal sealed class UnaryExpr(int offset, int length, string operation, Expr operand) : Expr(offset, length, operand.Depth + 1)
{
    public string Operation => operation;

    public Expr Operand => operand;
}

/// <summary>Every operator between two operands but <c>&amp;&amp;</c> and <c>||</c>.</summary>
internal sealed class BinaryExpr(string operation, Expr left, Expr right)
    : Expr(left.Offset, right.End - left.Offset, Math.Max(left.Depth, right.Depth) + 1)
{
    public string Operation => operation;

    public Expr Left => left;

    public Expr Right => right;
}

/// <summary>A chain of <c>&amp;&amp;</c> or of <c>||</c>: one node, so that long conditions are not deep trees.</summary>
internal sealed class LogicalExpr(string operation, ImmutableArray<Expr> operands)
    : Expr(operands[0].Offset, operands[^1].End - operands[0].Offset, Deepest(operands))
{
    public string Operation => operation;

    public ImmutableArray<Expr> Operands => operands;
}

internal sealed class ConditionalExpr(Expr condition, Expr whenTrue, Expr whenFalse)
    : Expr(condition.Offset, whenFalse.End - condition.Offset, Deepest([condition, whenTrue, whenFalse]))
{
    public Expr Condition => condition;

    public Expr WhenTrue => whenTrue;

    public Expr WhenFalse => whenFalse;
}

internal sealed class ListExpr(int offset, int length, ImmutableArray<Expr> elements) : Expr(offset, length, Deepest(elements))
{
    public ImmutableArray<Expr> Elements => elements;
}

internal sealed class MapExpr(int offset, int length, ImmutableArray<(Expr Key, Expr Value)> entries)
    : Expr(offset, length, Deepest(entries.SelectMany(e => new[] { e.Key, e.Value })))
{
    public ImmutableArray<(Expr Key, Expr Value)> Entries => entries;
}

/// <summary><c>range.all(v, …)</c> and its kin: everything that turns a list or map over.</summary>
internal sealed class MacroExpr(int offset, int length, string name, Expr range, ImmutableArray<NameExpr> variables, ImmutableArray<Expr> bodies)
    : Expr(offset, length, Deepest(bodies.Add(range)))
{
    public string Name => name;

    public Expr Range => range;

    /// <summary>One, or two: index and element of a list, key and value of a map.</summary>
    public ImmutableArray<NameExpr> Variables => variables;

    /// <summary>The predicate, the transformation, or both in this order.</summary>
    public ImmutableArray<Expr> Bodies => bodies;
}

/// <summary><c>cel.bind(variable, value, body)</c>.</summary>
internal sealed class BindExpr(int offset, int length, NameExpr variable, Expr value, Expr body)
    : Expr(offset, length, Math.Max(value.Depth, body.Depth) + 1)
{
    public NameExpr Variable => variable;

    public Expr Value => value;

    public Expr Body => body;
}
