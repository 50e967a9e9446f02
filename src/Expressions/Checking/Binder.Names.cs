using System.Collections.Frozen;
using LoadTesting.Expressions.Evaluation;
using LoadTesting.Expressions.Syntax;

namespace LoadTesting.Expressions.Checking;

/// <summary>Names, fields and indexes.</summary>
internal sealed partial class Binder
{
    private static readonly FrozenDictionary<string, CelType> TypeNames = new[]
    {
        CelType.Bool, CelType.Int, CelType.UInt, CelType.Double, CelType.String, CelType.Bytes, CelType.AnyList, CelType.AnyMap, CelType.Null, CelType.Type,
        CelType.Timestamp, CelType.Duration,
    }.ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);

    private Bound BindName(NameExpr name)
    {
        if (!name.IsRooted && Scope.Find(_scope, name.Name) is { } local)
        {
            return new(new LocalRead(local.Local), local.Type);
        }

        if (Resolve(name.Name, name.IsRooted, name.Offset) is { } found)
        {
            return found;
        }

        return Fail(name, CelErrorCode.UnknownVariable, $"there is no variable '{name.Name}'", Suggestions.Nearest(name.Name, NamesInSight()));
    }

    /// <summary>The variable or type of a (qualified) name, looked up from the innermost name space out.</summary>
    private Bound? Resolve(string name, bool isRooted, int offset)
    {
        foreach (var candidate in Candidates(name, isRooted))
        {
            if (environment.SlotOf(candidate) is >= 0 and var slot)
            {
                _references.Add(candidate);
                var read = new VariableRead(slot);
                _reads.Add(read, new(candidate, []) { Offset = offset });
                return new(read, environment.Variables[slot].Type);
            }
        }

        return TypeNames.TryGetValue(name, out var type) ? Bound.Of(CelValue.Of(type), CelType.Type) : null;
    }

    private IEnumerable<string> Candidates(string name, bool isRooted)
    {
        for (var prefix = isRooted ? "" : environment.Container; prefix.Length > 0; prefix = prefix[..Math.Max(0, prefix.LastIndexOf('.'))])
        {
            yield return $"{prefix}.{name}";
        }

        yield return name;
    }

    private IEnumerable<string> NamesInSight()
    {
        for (var scope = _scope; scope is not null; scope = scope.Outer)
        {
            yield return scope.Name;
        }

        foreach (var variable in environment.Variables)
        {
            yield return variable.Name;
        }
    }

    /// <summary>The dotted name that a chain of selections spells; null when it is something else or starts with a comprehension's variable.</summary>
    private (string Name, bool IsRooted)? QualifiedName(Expr node)
    {
        var fields = new Stack<string>();
        while (node is SelectExpr { IsTest: false } select)
        {
            fields.Push(select.Field);
            node = select.Operand;
        }

        return node is NameExpr root && (root.IsRooted || Scope.Find(_scope, root.Name) is null)
            ? (string.Join('.', fields.Prepend(root.Name)), root.IsRooted)
            : null;
    }

    private Bound BindSelect(SelectExpr select)
    {
        if (!select.IsTest && QualifiedName(select) is var (name, isRooted) && Resolve(name, isRooted, select.Offset) is { } variable)
        {
            return variable;
        }

        var operand = Bind(select.Operand);
        var field = select.Field;
        var type = operand.Type.Kind == CelKind.Map ? operand.Type.Element! : CelType.Dyn;
        if (check && operand.Type.Kind is not (null or CelKind.Map))
        {
            Fail(select.FieldOffset, select.Offset + select.Length - select.FieldOffset, CelErrorCode.NoSuchOverload, $"{operand.Type} has no fields, so no '{field}'");
        }

        if (select.IsTest)
        {
            Test(operand, field);
            return Fold(new FieldTest(operand.Evaluator, field), CelType.Bool, operand.IsConstant);
        }

        var isGuarded = IsGuarded(operand, field);
        type = isGuarded ? type : CheckField(operand.Type, field, select.FieldOffset, select.End - select.FieldOffset) ?? type;
        var read = new FieldRead(operand.Evaluator, field);
        Deepen(operand, read, field, select.FieldOffset, isGuarded);
        return Fold(read, type, operand.IsConstant);
    }

    /// <summary>The read of a variable that goes on with one of its fields.</summary>
    private void Deepen(in Bound operand, Evaluator read, string field, int offset, bool isGuarded)
    {
        if (_reads.Remove(operand.Evaluator, out var outer))
        {
            _reads.Add(read, outer with
            {
                Fields = outer.Fields.Add(field),
                Offset = outer.Fields.IsEmpty ? offset : outer.Offset,
                IsGuarded = outer.IsGuarded || isGuarded,
            });
        }
    }

    /// <summary>Remembers that the expression asks whether a field is there.</summary>
    private void Test(in Bound operand, string field)
    {
        if (_reads.TryGetValue(operand.Evaluator, out var read))
        {
            _tested.Add(Place(read, field));
        }
    }

    /// <summary>
    /// Whether the expression itself sees to a variable's field that may be missing: by <c>default(x.f, …)</c>, or by <c>has(x.f)</c> or <c>'f' in x</c>
    /// before.
    /// </summary>
    private bool IsGuarded(in Bound operand, string field) =>
        _reads.TryGetValue(operand.Evaluator, out var read) && (_guards > 0 || _tested.Contains(Place(read, field)));

    // NUL stands in no name: different places never have the same text.
    private static string Place(in CelRead read, string field) => string.Join('\0', [read.Variable, .. read.Fields, field]);

    /// <summary>A record's field; null (and an issue) when it has no such field.</summary>
    private CelType? CheckField(CelType record, string field, int offset, int length)
    {
        if (record.Fields is null || record.Fields.TryGetValue(field, out var type))
        {
            return record.Fields?.GetValueOrDefault(field);
        }

        type = null;
        if (check)
        {
            var known = record.Fields.Count == 0 ? "there are none" : $"there are {string.Join(", ", record.Fields.Keys.Order(StringComparer.Ordinal).Take(10))}";
            Fail(offset, length, CelErrorCode.NoSuchKey, $"there is no field '{field}'; {known}", Suggestions.Nearest(field, record.Fields.Keys));
        }

        return type;
    }

    private Bound BindIndex(IndexExpr node)
    {
        var (operand, index) = (Bind(node.Operand), Bind(node.Index));
        var type = operand.Type.Element ?? CelType.Dyn;
        switch (operand.Type.Kind)
        {
            case CelKind.Map when index.Evaluator is Constant { Value: { Kind: CelKind.String } key } && operand.Type.Fields is not null:
                type = IsGuarded(operand, key.Text) ? type : CheckField(operand.Type, key.Text, node.Index.Offset, node.Index.Length) ?? type;
                return ReadOf(key.Text);
            case CelKind.Map when check && !Typing.CanEqual(index.Type, operand.Type.Key!):
                Fail(node.Index, CelErrorCode.NoSuchOverload, $"{operand.Type} has no keys of type {index.Type}", Conversion(index.Type, operand.Type.Key!));
                break;
            case CelKind.List when check && index.Type.Kind is not (null or CelKind.Int or CelKind.UInt):
                Fail(node.Index, CelErrorCode.NoSuchOverload, $"a list's index is an int, not {index.Type}");
                break;
            case not (null or CelKind.Map or CelKind.List) when check:
                Fail(node, CelErrorCode.NoSuchOverload, $"{operand.Type} has no elements to index", operand.Type.Kind == CelKind.String ? "text.charAt(i)" : null);
                break;
        }

        return Fold(new ElementRead(operand.Evaluator, index.Evaluator), type, operand.IsConstant && index.IsConstant);

        Bound ReadOf(string field)
        {
            var read = new ElementRead(operand.Evaluator, index.Evaluator);
            Deepen(operand, read, field, node.Index.Offset, IsGuarded(operand, field));
            return Fold(read, type, operand.IsConstant);
        }
    }
}
