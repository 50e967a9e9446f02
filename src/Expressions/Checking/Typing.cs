namespace LoadTesting.Expressions.Checking;

/// <summary>What the checker knows of operators and signatures.</summary>
internal static class Typing
{
    private static readonly CelType[] Numbers = [CelType.Int, CelType.UInt, CelType.Double];

    private static readonly (string Operations, CelType Left, CelType Right, CelType Result)[] Rows =
    [
        .. Numbers.Select(number => (number == CelType.Double ? "+-*/" : "+-*/%", number, number, number)),
        ("+", CelType.String, CelType.String, CelType.String),
        ("+", CelType.Bytes, CelType.Bytes, CelType.Bytes),
        ("+-", CelType.Duration, CelType.Duration, CelType.Duration),
        ("+-", CelType.Timestamp, CelType.Duration, CelType.Timestamp),
        ("+", CelType.Duration, CelType.Timestamp, CelType.Timestamp),
        ("-", CelType.Timestamp, CelType.Timestamp, CelType.Duration),
    ];

    public static bool IsNumber(CelType type) => type.Kind is CelKind.Int or CelKind.UInt or CelKind.Double;

    /// <summary>Type of <c>left op right</c> for the arithmetic operators; null when there can be none.</summary>
    public static CelType? Arithmetic(string operation, CelType left, CelType right)
    {
        if (operation == "+" && left.Kind == CelKind.List && right.Kind == CelKind.List)
        {
            return CelType.List(Join(left.Element!, right.Element!));
        }

        var results = Rows.Where(row => row.Operations.Contains(operation, StringComparison.Ordinal) && CanBe(left, row.Left) && CanBe(right, row.Right))
            .Select(row => row.Result).Distinct().ToList();
        var hasUnknown = left.Kind is null || right.Kind is null;
        var mayBeList = operation == "+" && hasUnknown && (left.Kind ?? CelKind.List) == CelKind.List && (right.Kind ?? CelKind.List) == CelKind.List;
        if (results.Count == 0 && !mayBeList)
        {
            return null;
        }

        // Beside a number of unknown kind the result may be a double (see Evaluation.Arithmetic).
        return results.Count == 1 && !mayBeList && !(hasUnknown && results[0] == CelType.Int) ? results[0] : CelType.Dyn;
    }

    /// <summary>Whether values of the types can be equal.</summary>
    public static bool CanEqual(CelType left, CelType right) =>
        left.Kind is null || right.Kind is null || left.Kind == right.Kind || left.Kind == CelKind.Null || right.Kind == CelKind.Null || (IsNumber(left) && IsNumber(right));

    /// <summary>Whether values of the types have an order.</summary>
    public static bool CanCompare(CelType left, CelType right)
    {
        return HasOrder(left) && HasOrder(right) && (left.Kind is null || right.Kind is null || left.Kind == right.Kind || (IsNumber(left) && IsNumber(right)));

        static bool HasOrder(CelType type) => type.Kind is not (CelKind.Null or CelKind.List or CelKind.Map or CelKind.Type);
    }

    /// <summary>Whether a value of the type may be of the other.</summary>
    public static bool CanBe(CelType type, CelType wanted) => type.Kind is null || wanted.Kind is null || type.Kind == wanted.Kind;

    /// <summary>What is known of a value that is of the one or the other type.</summary>
    public static CelType Join(CelType a, CelType b) => a.Equals(b) ? a : CelType.Dyn;

    /// <summary>
    /// Whether an argument of the type fits the parameter; type parameters take the first type they meet, and become
    /// unknown when they meet another.
    /// </summary>
    public static bool Unify(CelType parameter, CelType argument, Dictionary<string, CelType> meanings)
    {
        if (parameter.IsParameter)
        {
            meanings[parameter.Name] = meanings.TryGetValue(parameter.Name, out var known) ? Join(known, argument) : argument;
            return true;
        }

        if (!CanBe(argument, parameter))
        {
            return false;
        }

        var isSame = parameter.Element is null || argument.Element is null || Unify(parameter.Element, argument.Element, meanings);
        return isSame && (parameter.Key is null || argument.Key is null || Unify(parameter.Key, argument.Key, meanings));
    }

    /// <summary>The type with its parameters replaced by what they were found to be.</summary>
    public static CelType Substitute(CelType type, Dictionary<string, CelType> meanings)
    {
        if (type.IsParameter)
        {
            return meanings.GetValueOrDefault(type.Name, CelType.Dyn);
        }

        return type.Kind switch
        {
            CelKind.List => CelType.List(Substitute(type.Element!, meanings)),
            CelKind.Map when type.Fields is null => CelType.Map(Substitute(type.Key!, meanings), Substitute(type.Element!, meanings)),
            _ => type,
        };
    }
}
