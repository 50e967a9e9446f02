using System.Collections.Immutable;
using LoadTesting.Expressions.Evaluation;
using LoadTesting.Expressions.Syntax;

namespace LoadTesting.Expressions.Checking;

/// <summary>
/// Goes over a syntax tree once: resolves names, finds impossible types, and makes the evaluators. Collects every issue instead of
/// stopping at one; where one was found it goes on with an unknown type.
/// </summary>
internal sealed partial class Binder(CelEnvironment environment, IssueList issues, bool check)
{
    private readonly SortedSet<string> _references = new(StringComparer.Ordinal);
    private readonly Dictionary<Evaluator, CelRead> _reads = new(ReferenceEqualityComparer.Instance);
    private readonly CelActivation _constants = new(environment, NoHost.Instance);
    private readonly HashSet<string> _tested = new(StringComparer.Ordinal);
    private Scope? _scope;

    /// <summary>How many calls around the present node take errors as arguments.</summary>
    private int _guards;

    /// <summary>What is left of one evaluation's budget for all constants of the expression: compiling is bounded too.</summary>
    private long _foldingSteps = environment.Limits.Steps;
    private int _locals;
    private int _mostLocals;

    public ImmutableArray<string> References => [.. _references];

    public ImmutableArray<CelRead> Reads => [.. _reads.Values];

    /// <summary>How many comprehension variables an evaluation needs room for.</summary>
    public int Locals => _mostLocals;

    public Bound Bind(Expr node) => node switch
    {
        LiteralExpr literal => Bound.Of(literal.Value, TypeOf(literal.Value)),
        NameExpr name => BindName(name),
        SelectExpr select => BindSelect(select),
        IndexExpr index => BindIndex(index),
        CallExpr call => BindCall(call),
        UnaryExpr unary => BindUnary(unary),
        BinaryExpr binary => BindBinary(binary),
        LogicalExpr logical => BindLogical(logical),
        ConditionalExpr conditional => BindConditional(conditional),
        ListExpr list => BindList(list),
        MapExpr map => BindMap(map),
        MacroExpr macro => BindMacro(macro),
        BindExpr bind => BindBind(bind),
        _ => throw new InvalidOperationException($"no meaning for {node.GetType().Name}"),
    };

    private static CelType TypeOf(in CelValue value) => value.Kind switch
    {
        CelKind.Null => CelType.Null,
        CelKind.Bool => CelType.Bool,
        CelKind.Int => CelType.Int,
        CelKind.UInt => CelType.UInt,
        CelKind.Double => CelType.Double,
        CelKind.String => CelType.String,
        CelKind.Bytes => CelType.Bytes,
        _ => CelType.Dyn,
    };

    /// <summary>Reports when checking; without the check the message becomes the value.</summary>
    private Bound Fail(Expr node, CelErrorCode code, string message, string? suggestion = null) =>
        Fail(node.Offset, node.Length, code, message, suggestion);

    private Bound Fail(int offset, int length, CelErrorCode code, string message, string? suggestion = null)
    {
        if (check)
        {
            issues.Add(offset, length, message, suggestion);
        }

        return Bound.Of(CelValue.Error(code, message), CelType.Dyn);
    }

    /// <summary>
    /// Evaluates now what needs no activation. Not when the limits forbid: then each evaluation says so. Errors are
    /// kept as they are: <c>1/0</c> is an error only where it is evaluated.
    /// </summary>
    private Bound Fold(Evaluator evaluator, CelType type, bool areOperandsConstant)
    {
        if (!areOperandsConstant || _foldingSteps < 0)
        {
            return new(evaluator, type);
        }

        _constants.Begin(_mostLocals, _foldingSteps);
        var value = evaluator.Evaluate(_constants);
        _foldingSteps = _constants.StepsLeft;
        return _foldingSteps < 0 ? new(evaluator, type) : Bound.Of(value, type);
    }

    private Bound BindUnary(UnaryExpr unary)
    {
        var operand = Bind(unary.Operand);
        if (unary.Operation == "!")
        {
            Require(unary.Operand, operand, CelType.Bool, "!");
            return Fold(new Not(operand.Evaluator), CelType.Bool, operand.IsConstant);
        }

        if (check && operand.Type.Kind is not (null or CelKind.Int or CelKind.Double))
        {
            Fail(unary, CelErrorCode.NoSuchOverload, $"'-' needs an int or a double, not {operand.Type}");
        }

        return Fold(new Negate(operand.Evaluator), operand.Type, operand.IsConstant);
    }

    private Bound BindLogical(LogicalExpr logical)
    {
        var operands = logical.Operands.Select(Bind).ToArray();
        for (var i = 0; i < operands.Length; i++)
        {
            Require(logical.Operands[i], operands[i], CelType.Bool, logical.Operation);
        }

        return Fold(new Logical(logical.Operation == "||", [.. operands.Select(o => o.Evaluator)]), CelType.Bool, operands.All(o => o.IsConstant));
    }

    private Bound BindConditional(ConditionalExpr conditional)
    {
        var condition = Bind(conditional.Condition);
        Require(conditional.Condition, condition, CelType.Bool, "?:");
        var (whenTrue, whenFalse) = (Bind(conditional.WhenTrue), Bind(conditional.WhenFalse));
        var evaluator = new Conditional(condition.Evaluator, whenTrue.Evaluator, whenFalse.Evaluator);
        return Fold(evaluator, Typing.Join(whenTrue.Type, whenFalse.Type), condition.IsConstant && whenTrue.IsConstant && whenFalse.IsConstant);
    }

    private Bound BindBinary(BinaryExpr binary)
    {
        var (left, right) = (Bind(binary.Left), Bind(binary.Right));
        var areConstant = left.IsConstant && right.IsConstant;
        switch (binary.Operation)
        {
            case "==" or "!=":
                CheckEqual(binary, left.Type, right.Type);
                return Fold(new EqualTo(binary.Operation == "==", left.Evaluator, right.Evaluator), CelType.Bool, areConstant);
            case "<" or "<=" or ">" or ">=":
                if (check && !Typing.CanCompare(left.Type, right.Type))
                {
                    Fail(binary, CelErrorCode.NoSuchOverload, $"'{binary.Operation}' cannot compare {left.Type} with {right.Type}", Conversion(left.Type, right.Type));
                }

                return Fold(new Ordered(binary.Operation, left.Evaluator, right.Evaluator), CelType.Bool, areConstant);
            case "in":
                CheckMembership(binary, left.Type, right.Type);
                if (left.Evaluator is Constant { Value: { Kind: CelKind.String } asked })
                {
                    Test(right, asked.Text);
                }

                return right.Evaluator is Constant { Value: { Kind: CelKind.List } list } && ConstantMembership.Suits(list.AsList)
                    ? Fold(new ConstantMembership(left.Evaluator, list.AsList), CelType.Bool, areConstant)
                    : Fold(new Membership(left.Evaluator, right.Evaluator), CelType.Bool, areConstant);
            default:
                var type = Typing.Arithmetic(binary.Operation, left.Type, right.Type);
                if (type is null && check)
                {
                    Fail(binary, CelErrorCode.NoSuchOverload, $"'{binary.Operation}' has no meaning for {left.Type} and {right.Type}", Conversion(left.Type, right.Type));
                }

                return Fold(new Arithmetic(binary.Operation[0], left.Evaluator, right.Evaluator), type ?? CelType.Dyn, areConstant);
        }
    }

    private void CheckEqual(BinaryExpr binary, CelType left, CelType right)
    {
        if (check && !Typing.CanEqual(left, right))
        {
            Fail(binary, CelErrorCode.NoSuchOverload, $"{left} and {right} are never equal", Conversion(left, right));
        }
    }

    private void CheckMembership(BinaryExpr binary, CelType left, CelType right)
    {
        var member = right.Kind == CelKind.Map ? right.Key! : right.Element ?? CelType.Dyn;
        if (check && right.Kind is not (null or CelKind.List or CelKind.Map))
        {
            Fail(binary, CelErrorCode.NoSuchOverload, $"'in' looks into a list or a map, not {right}", right.Kind == CelKind.String ? "text.contains(part)" : null);
        }
        else if (check && !Typing.CanEqual(left, member))
        {
            Fail(binary, CelErrorCode.NoSuchOverload, $"{right} never contains {left}", Conversion(left, member));
        }
    }

    private void Require(Expr node, Bound bound, CelType wanted, string operation)
    {
        if (check && !Typing.CanBe(bound.Type, wanted))
        {
            Fail(node, CelErrorCode.NoSuchOverload, $"'{operation}' needs {wanted}, not {bound.Type}");
        }
    }

    private static string? Conversion(CelType left, CelType right) => (left.Kind, right.Kind) switch
    {
        (CelKind.Int or CelKind.UInt, CelKind.Double) or (CelKind.Double, CelKind.Int or CelKind.UInt) => "convert with double(…)",
        (CelKind.Int, CelKind.UInt) or (CelKind.UInt, CelKind.Int) => "convert with int(…)",
        (CelKind.String, CelKind.Int) or (CelKind.Int, CelKind.String) => "convert with string(…) or int(…)",
        (CelKind.String, not null) or (not null, CelKind.String) => "convert with string(…)",
        _ => null,
    };

    /// <summary>Constant folding never asks it: what uses the host is not pure.</summary>
    private sealed class NoHost : ICelHost
    {
        public static readonly NoHost Instance = new();

        public DateTimeOffset UtcNow => throw new InvalidOperationException("a function that uses the host is marked pure");

        public double NextDouble() => throw new InvalidOperationException("a function that uses the host is marked pure");

        public long NextInt64() => throw new InvalidOperationException("a function that uses the host is marked pure");
    }
}
