using LoadTesting.Expressions.Evaluation;
using LoadTesting.Expressions.Syntax;

namespace LoadTesting.Expressions.Checking;

/// <summary>Lists, maps and the macros over them.</summary>
internal sealed partial class Binder
{
    private Bound BindList(ListExpr list)
    {
        var elements = list.Elements.Select(Bind).ToArray();
        var type = elements.Length == 0 ? CelType.Dyn : elements.Select(e => e.Type).Aggregate(Typing.Join);
        return Fold(new ListLiteral([.. elements.Select(e => e.Evaluator)]), CelType.List(type), elements.All(e => e.IsConstant));
    }

    private Bound BindMap(MapExpr map)
    {
        var entries = map.Entries.Select(e => (Key: Bind(e.Key), Value: Bind(e.Value))).ToArray();
        for (var i = 0; check && i < entries.Length; i++)
        {
            if (entries[i].Key.Type.Kind is not (null or CelKind.Bool or CelKind.Int or CelKind.UInt or CelKind.String))
            {
                Fail(map.Entries[i].Key, CelErrorCode.InvalidArgument, $"a map's key is a bool, int, uint or string, not {entries[i].Key.Type}");
            }
        }

        var (keyType, valueType) = entries.Length == 0
            ? (CelType.Dyn, CelType.Dyn)
            : (entries.Select(e => e.Key.Type).Aggregate(Typing.Join), entries.Select(e => e.Value.Type).Aggregate(Typing.Join));
        var evaluator = new MapLiteral([.. entries.Select(e => (e.Key.Evaluator, e.Value.Evaluator))]);
        return Fold(evaluator, CelType.Map(keyType, valueType), entries.All(e => e.Key.IsConstant && e.Value.IsConstant));
    }

    private Bound BindBind(BindExpr bind)
    {
        var value = Bind(bind.Value);
        var (outer, local) = (_scope, Declare(bind.Variable.Name, value.Type));
        var body = Bind(bind.Body);
        Leave(outer, 1);
        return body.IsConstant ? body : new(new Bind(local, value.Evaluator, body.Evaluator), body.Type);
    }

    private Bound BindMacro(MacroExpr macro)
    {
        var range = Bind(macro.Range);
        if (check && range.Type.Kind is not (null or CelKind.List or CelKind.Map))
        {
            Fail(macro.Range, CelErrorCode.NoSuchOverload, $"{macro.Name}() goes over a list or a map, not {range.Type}");
        }

        var hasTwo = macro.Variables.Length == 2;
        var (first, second) = ElementTypes(range.Type, hasTwo);
        var outer = _scope;
        var local = Declare(macro.Variables[0].Name, first);
        if (hasTwo)
        {
            Declare(macro.Variables[1].Name, second);
        }

        var bodies = macro.Bodies.Select(Bind).ToArray();
        Leave(outer, macro.Variables.Length);
        var takesPredicate = macro.Name is "all" or "exists" or "exists_one" or "existsOne" or "filter" || bodies.Length == 2;
        if (takesPredicate)
        {
            Require(macro.Bodies[0], bodies[0], CelType.Bool, $"{macro.Name}()");
        }

        var last = bodies[^1];
        var (predicate, body) = (bodies.Length == 2 ? bodies[0].Evaluator : null, last.Evaluator);
        return macro.Name switch
        {
            "all" or "exists" => Result(new Quantifier(macro.Name == "exists", range.Evaluator, local, hasTwo, body), CelType.Bool),
            "exists_one" or "existsOne" => Result(new ExactlyOne(range.Evaluator, local, hasTwo, body), CelType.Bool),
            "filter" => Result(new ListOf(range.Evaluator, local, hasTwo, body, null), CelType.List(first)),
            "map" or "transformList" => Result(new ListOf(range.Evaluator, local, hasTwo, predicate, body), CelType.List(last.Type)),
            "transformMap" => Result(new MapOf(makesEntries: false, range.Evaluator, local, predicate, body), CelType.Map(first, last.Type)),
            _ => Result(new MapOf(makesEntries: true, range.Evaluator, local, predicate, body), last.Type.Kind == CelKind.Map ? CelType.Map(last.Type.Key!, last.Type.Element!) : CelType.AnyMap),
        };

        static Bound Result(Evaluator evaluator, CelType type) => new(evaluator, type);
    }

    private static (CelType First, CelType Second) ElementTypes(CelType range, bool hasTwo) => range.Kind switch
    {
        CelKind.List => hasTwo ? (CelType.Int, range.Element!) : (range.Element!, CelType.Dyn),
        CelKind.Map => (range.Key!, range.Element!),
        _ => (CelType.Dyn, CelType.Dyn),
    };

    private int Declare(string name, CelType type)
    {
        _scope = new(_scope, name, _locals++, type);
        _mostLocals = Math.Max(_mostLocals, _locals);
        return _scope.Local;
    }

    private void Leave(Scope? outer, int variables)
    {
        _scope = outer;
        _locals -= variables;
    }
}
