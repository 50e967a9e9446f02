namespace LoadTesting.Model.Judging;

/// <summary>How a threshold compares the observed value with the wanted one. k6's <c>===</c> is <see cref="Equal"/>.</summary>
public enum ComparisonOperator
{
    /// <summary><c>&lt;</c></summary>
    Less,

    /// <summary><c>&lt;=</c></summary>
    LessOrEqual,

    /// <summary><c>&gt;</c></summary>
    Greater,

    /// <summary><c>&gt;=</c></summary>
    GreaterOrEqual,

    /// <summary><c>==</c> or <c>===</c></summary>
    Equal,

    /// <summary><c>!=</c></summary>
    NotEqual,
}

/// <summary>What the operators mean. The wanted side is a finite number; the observed one may be +∞, which is above every limit.</summary>
public static class ComparisonOperators
{
    /// <summary>Whether <paramref name="observed"/> stands in the relation to <paramref name="wanted"/>; exact, as in k6.</summary>
    public static bool Holds(this ComparisonOperator comparison, double observed, double wanted) => comparison switch
    {
        ComparisonOperator.Less => observed < wanted,
        ComparisonOperator.LessOrEqual => observed <= wanted && !double.IsPositiveInfinity(observed),
        ComparisonOperator.Greater => observed > wanted,
        ComparisonOperator.GreaterOrEqual => observed >= wanted,
        ComparisonOperator.Equal => observed == wanted,
        _ => observed != wanted,
    };

    /// <summary>The shortest notation, e.g. <c>==</c>.</summary>
    public static string Symbol(this ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.Less => "<",
        ComparisonOperator.LessOrEqual => "<=",
        ComparisonOperator.Greater => ">",
        ComparisonOperator.GreaterOrEqual => ">=",
        ComparisonOperator.Equal => "==",
        _ => "!=",
    };
}
