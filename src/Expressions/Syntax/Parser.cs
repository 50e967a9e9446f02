using System.Collections.Frozen;
using System.Collections.Immutable;

namespace LoadTesting.Expressions.Syntax;

/// <summary>
/// Recursive descent over CEL's grammar. In order of binding, loosest first:
/// <c>?:</c>, <c>||</c>, <c>&amp;&amp;</c>, relations and <c>in</c>, <c>+ -</c>, <c>* / %</c>, <c>! -</c>, then <c>.f .f() []</c>.
/// </summary>
internal sealed class Parser
{
    private static readonly ImmutableHashSet<string> Reserved =
    [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return", "var", "void", "while",
    ];

    private static readonly FrozenDictionary<string, int> Levels = new Dictionary<string, int>
    {
        ["||"] = 0,
        ["&&"] = 1,
        ["=="] = 2,
        ["!="] = 2,
        ["<"] = 2,
        ["<="] = 2,
        [">"] = 2,
        [">="] = 2,
        ["in"] = 2,
        ["+"] = 3,
        ["-"] = 3,
        ["*"] = 4,
        ["/"] = 4,
        ["%"] = 4,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly List<Token> _tokens;
    private readonly int _limit;
    private int _next;
    private int _depth;

    private Parser(List<Token> tokens, int limit) => (_tokens, _limit) = (tokens, limit);

    private Token Peek => _tokens[_next];

    /// <summary>The tree of the whole text. Throws <see cref="SyntaxFailure"/> at the first error.</summary>
    public static Expr Parse(string source, CelLimits limits)
    {
        if (source.Length > limits.SourceLength)
        {
            throw new SyntaxFailure(0, source.Length, $"the expression has {source.Length} characters, the limit is {limits.SourceLength}");
        }

        var parser = new Parser(Lexer.Tokenize(source), limits.Depth);
        if (parser.Peek.Kind == TokenKind.End)
        {
            throw new SyntaxFailure(0, source.Length, "the expression is empty");
        }

        var tree = parser.Expression();
        if (parser.Peek.Kind != TokenKind.End)
        {
            throw new SyntaxFailure(parser.Peek.Offset, parser.Peek.Length, $"{parser.Peek} cannot stand here");
        }

        return tree;
    }

    private Expr Expression()
    {
        using var level = Enter();
        var condition = Binary(0);
        if (!Accept("?"))
        {
            return condition;
        }

        var whenTrue = Binary(0);
        Expect(":", "of '?'");
        return Checked(new ConditionalExpr(condition, whenTrue, Expression()));
    }

    /// <summary>Operands and operators of at least a level, by precedence climbing: one stack frame however many levels there are.</summary>
    private Expr Binary(int least)
    {
        var left = Unary();
        while (LevelOf(Peek) is >= 0 and var level && level >= least)
        {
            var operation = Take().Text;
            var right = Binary(level + 1);
            left = Checked(operation is "&&" or "||" ? Chain(operation, left, right, level) : new BinaryExpr(operation, left, right));
        }

        return left;
    }

    private LogicalExpr Chain(string operation, Expr first, Expr second, int level)
    {
        var operands = ImmutableArray.Create(first, second).ToBuilder();
        while (Accept(operation))
        {
            operands.Add(Binary(level + 1));
        }

        return new(operation, operands.ToImmutable());
    }

    private static int LevelOf(Token token) => token.Kind is TokenKind.Symbol or TokenKind.Name ? Levels.GetValueOrDefault(token.Text, -1) : -1;

    private Expr Unary()
    {
        if (!IsSymbol("!") && !IsSymbol("-"))
        {
            return Member(Primary());
        }

        using var level = Enter();
        var sign = Take();
        if (sign.Text == "-" && Peek is { IsNumber: true, Value.Kind: not CelKind.UInt })
        {
            var number = Take();
            var value = number.Value.Kind == CelKind.Int ? CelValue.Of(unchecked(-number.Value.AsInt)) : CelValue.Of(-number.Value.AsDouble);
            return Member(new LiteralExpr(sign.Offset, number.End - sign.Offset, value));
        }

        var operand = Unary();
        return Checked(new UnaryExpr(sign.Offset, operand.End - sign.Offset, sign.Text, operand));
    }

    private Expr Member(Expr target)
    {
        while (true)
        {
            if (Accept("["))
            {
                var index = Expression();
                target = Checked(new IndexExpr(target.Offset, Expect("]", "of the index").End - target.Offset, target, index));
            }
            else if (Accept("."))
            {
                target = Selection(target);
            }
            else if (IsSymbol("{") && target is NameExpr or SelectExpr)
            {
                throw new SyntaxFailure(target.Offset, Peek.End - target.Offset, "message values are not part of this language; use a map");
            }
            else
            {
                return target;
            }
        }
    }

    private Expr Selection(Expr target)
    {
        var name = Peek;
        if (name.Kind is not (TokenKind.Name or TokenKind.QuotedName) || (name.Kind == TokenKind.Name && IsKeyword(name.Text)))
        {
            throw new SyntaxFailure(name.Offset, name.Length, $"a field or function name must follow '.', not {name}");
        }

        Take();
        if (name.Kind == TokenKind.Name && Accept("("))
        {
            var (arguments, end) = List(")", "of the call");
            return Checked(Macros.Expand(new(target.Offset, end - target.Offset, target, name.Text, name.Offset, arguments)));
        }

        return Checked(new SelectExpr(target.Offset, name.End - target.Offset, target, name.Text, name.Offset));
    }

    private Expr Primary()
    {
        var token = Peek;
        switch (token)
        {
            case { Kind: TokenKind.Literal }:
                return Literal(Take());
            case { Kind: TokenKind.Name }:
                return NameOrCall(token.Offset, isRooted: false);
            case { Kind: TokenKind.Symbol, Text: "." }:
                Take();
                return NameOrCall(token.Offset, isRooted: true);
            case { Kind: TokenKind.Symbol, Text: "(" }:
                Take();
                var inner = Expression();
                Expect(")", "of the parenthesis");
                return inner;
            case { Kind: TokenKind.Symbol, Text: "[" }:
                Take();
                var (elements, end) = List("]", "of the list");
                return Checked(new ListExpr(token.Offset, end - token.Offset, elements));
            case { Kind: TokenKind.Symbol, Text: "{" }:
                return Map(Take());
            default:
                throw new SyntaxFailure(token.Offset, token.Length, $"a value is missing before {token}");
        }
    }

    private static LiteralExpr Literal(Token token) =>
        token is { Value.Kind: CelKind.Int } && token.Value.AsInt < 0
            ? throw new SyntaxFailure(token.Offset, token.Length, "the number does not fit a signed 64-bit int")
            : new LiteralExpr(token.Offset, token.Length, token.Value);

    private Expr NameOrCall(int start, bool isRooted)
    {
        var name = Peek;
        if (name.Kind != TokenKind.Name)
        {
            throw new SyntaxFailure(name.Offset, name.Length, $"a name must follow '.', not {name}");
        }

        Take();
        if (!isRooted && name.Text is "true" or "false" or "null")
        {
            return new LiteralExpr(start, name.Length, name.Text == "null" ? CelValue.Null : CelValue.Of(name.Text == "true"));
        }

        if (IsKeyword(name.Text) || Reserved.Contains(name.Text))
        {
            throw new SyntaxFailure(name.Offset, name.Length, $"'{name.Text}' is a reserved word and cannot be a name");
        }

        if (Accept("("))
        {
            var (arguments, end) = List(")", "of the call");
            return Checked(Macros.Expand(new(start, end - start, null, name.Text, name.Offset, arguments)));
        }

        return new NameExpr(start, name.End - start, name.Text, isRooted);
    }

    private (ImmutableArray<Expr> Items, int End) List(string closing, string what)
    {
        var items = ImmutableArray.CreateBuilder<Expr>();
        while (!IsSymbol(closing))
        {
            items.Add(Expression());
            if (!Accept(",") || (closing == ")" && IsSymbol(")")))
            {
                break;
            }
        }

        return (items.ToImmutable(), Expect(closing, what).End);
    }

    private Expr Map(Token opening)
    {
        var entries = ImmutableArray.CreateBuilder<(Expr Key, Expr Value)>();
        while (!IsSymbol("}"))
        {
            var key = Expression();
            Expect(":", "after the map's key");
            entries.Add((key, Expression()));
            if (!Accept(","))
            {
                break;
            }
        }

        return Checked(new MapExpr(opening.Offset, Expect("}", "of the map").End - opening.Offset, entries.ToImmutable()));
    }

    private Token Take() => _tokens[_next++];

    private bool IsSymbol(string text) => Peek.Kind == TokenKind.Symbol && Peek.Text == text;

    private bool Accept(string text)
    {
        if (!IsSymbol(text))
        {
            return false;
        }

        _next++;
        return true;
    }

    private Token Expect(string text, string what) =>
        IsSymbol(text) ? Take() : throw new SyntaxFailure(Peek.Offset, Peek.Length, $"'{text}' {what} is missing before {Peek}");

    private static bool IsKeyword(string name) => name is "true" or "false" or "null" or "in";

    private Expr Checked(Expr node) =>
        node.Depth <= _limit ? node : throw new SyntaxFailure(node.Offset, node.Length, $"the expression is nested more than {_limit} levels deep");

    private Level Enter()
    {
        if (++_depth > _limit)
        {
            throw new SyntaxFailure(Peek.Offset, Peek.Length, $"the expression is nested more than {_limit} levels deep");
        }

        return new(this);
    }

    private readonly struct Level(Parser parser) : IDisposable
    {
        public void Dispose() => parser._depth--;
    }
}
