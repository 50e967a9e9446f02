using System.Collections.Immutable;
using System.Text;
using LoadTesting.Expressions.Values;

namespace LoadTesting.Expressions.Syntax;

/// <summary>Writes a tree as source text that parses to the same tree, with parentheses only where the grammar needs them.</summary>
internal static class Printer
{
    // Binding strength, loosest first; an operand that binds looser than its place demands gets parentheses.
    private const int Conditional = 0;
    private const int Or = 1;
    private const int And = 2;
    private const int Relation = 3;
    private const int Sum = 4;
    private const int Product = 5;
    private const int Prefix = 6;
    private const int Member = 7;

    public static string Print(Expr expression)
    {
        var text = new StringBuilder();
        Print(text, expression, Conditional);
        return text.ToString();
    }

    private static void Print(StringBuilder text, Expr node, int least)
    {
        var strength = Strength(node);
        if (strength < least)
        {
            text.Append('(');
            Print(text, node, Conditional);
            text.Append(')');
            return;
        }

        switch (node)
        {
            case LiteralExpr literal: text.Append(ValueText.Literal(literal.Value)); break;
            case NameExpr name: text.Append(name.IsRooted ? "." : "").Append(name.Name); break;
            case SelectExpr select: Select(text, select); break;
            case IndexExpr index: Index(text, index); break;
            case CallExpr call: Call(text, call.Target, call.Name, call.Arguments); break;
            case MacroExpr macro: Call(text, macro.Range, macro.Name, [.. macro.Variables, .. macro.Bodies]); break;
            case BindExpr bind: Call(text, null, "cel.bind", [bind.Variable, bind.Value, bind.Body]); break;
            case UnaryExpr unary: Unary(text, unary); break;
            case BinaryExpr binary: Binary(text, binary, strength); break;
            case LogicalExpr logical: Separated(text, logical.Operands, $" {logical.Operation} ", strength + 1); break;
            case ConditionalExpr conditional: Choice(text, conditional); break;
            case ListExpr list: List(text, list); break;
            case MapExpr map: Map(text, map); break;
            default: throw new InvalidOperationException($"no text for {node.GetType().Name}");
        }
    }

    private static int Strength(Expr node) => node switch
    {
        ConditionalExpr => Conditional,
        LogicalExpr logical => logical.Operation == "||" ? Or : And,
        BinaryExpr binary => binary.Operation switch { "+" or "-" => Sum, "*" or "/" or "%" => Product, _ => Relation },
        UnaryExpr => Prefix,
        _ => Member,
    };

    private static void Select(StringBuilder text, SelectExpr select)
    {
        text.Append(select.IsTest ? "has(" : "");
        Print(text, select.Operand, Member);
        var isPlain = select.Field.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !char.IsAsciiDigit(select.Field[0])
            && select.Field is not ("true" or "false" or "null" or "in");
        text.Append('.').Append(isPlain ? select.Field : $"`{select.Field}`").Append(select.IsTest ? ")" : "");
    }

    private static void Index(StringBuilder text, IndexExpr index)
    {
        Print(text, index.Operand, Member);
        text.Append('[');
        Print(text, index.Index, Conditional);
        text.Append(']');
    }

    private static void Call(StringBuilder text, Expr? target, string name, ImmutableArray<Expr> arguments)
    {
        if (target is not null)
        {
            Print(text, target, Member);
            text.Append('.');
        }

        text.Append(name).Append('(');
        Separated(text, arguments, ", ", Conditional);
        text.Append(')');
    }

    private static void Unary(StringBuilder text, UnaryExpr unary)
    {
        // Without parentheses, "-5" would read back as the number minus five instead of the negation of five.
        var isNumber = unary.Operation == "-" && StartsWithNumber(unary.Operand);
        text.Append(unary.Operation).Append(isNumber ? "(" : "");
        Print(text, unary.Operand, isNumber ? Conditional : Prefix);
        text.Append(isNumber ? ")" : "");
    }

    private static bool StartsWithNumber(Expr node) => node switch
    {
        LiteralExpr literal => literal.Value.Kind is CelKind.Int or CelKind.UInt or CelKind.Double,
        SelectExpr { IsTest: false } select => StartsWithNumber(select.Operand),
        IndexExpr index => StartsWithNumber(index.Operand),
        CallExpr { Target: { } target } => StartsWithNumber(target),
        MacroExpr macro => StartsWithNumber(macro.Range),
        _ => false,
    };

    private static void Binary(StringBuilder text, BinaryExpr binary, int strength)
    {
        Print(text, binary.Left, strength);
        text.Append(' ').Append(binary.Operation).Append(' ');
        Print(text, binary.Right, strength + 1);
    }

    private static void Choice(StringBuilder text, ConditionalExpr choice)
    {
        Print(text, choice.Condition, Or);
        text.Append(" ? ");
        Print(text, choice.WhenTrue, Or);
        text.Append(" : ");
        Print(text, choice.WhenFalse, Conditional);
    }

    private static void List(StringBuilder text, ListExpr list)
    {
        text.Append('[');
        Separated(text, list.Elements, ", ", Conditional);
        text.Append(']');
    }

    private static void Map(StringBuilder text, MapExpr map)
    {
        text.Append('{');
        var separator = "";
        foreach (var (key, value) in map.Entries)
        {
            text.Append(separator);
            Print(text, key, Conditional);
            text.Append(": ");
            Print(text, value, Conditional);
            separator = ", ";
        }

        text.Append('}');
    }

    private static void Separated(StringBuilder text, ImmutableArray<Expr> items, string separator, int least)
    {
        for (var i = 0; i < items.Length; i++)
        {
            text.Append(i == 0 ? "" : separator);
            Print(text, items[i], least);
        }
    }
}
