namespace LoadTesting.Model.Observing;

/// <summary>Instants of a query that are to be asked for: T0 + i · interval for i from <paramref name="From"/> to <paramref name="To"/>, both included.</summary>
/// <param name="Name">The query's name.</param>
/// <param name="From">First instant, ≥ 0.</param>
/// <param name="To">Last instant, ≥ <paramref name="From"/>.</param>
public sealed record QueryDue(string Name, int From, int To);

/// <summary>What became of a question about a range of instants.</summary>
/// <param name="Name">The query's name.</param>
/// <param name="From">First instant that was asked for.</param>
/// <param name="To">Last instant.</param>
/// <param name="Values">The instants at which there was one finite number, ascending, in Prometheus' base unit; empty after an error.</param>
public sealed record QueryAnswer(string Name, int From, int To, IReadOnlyList<ObservedValue> Values)
{
    /// <summary>Instants at which several series had a value: there is no one number then.</summary>
    public int Ambiguous { get; init; }

    /// <summary>Why there is no answer, as one clause; null when there is one, be it an empty one.</summary>
    public string? Error { get; init; }

    /// <summary>What kept instants of an answer from having a number, as one clause; null when all have one.</summary>
    public string? Note { get; init; }

    /// <summary>An attempt that brought nothing.</summary>
    public static QueryAnswer Failed(QueryDue due, string error) => new(due.Name, due.From, due.To, []) { Error = error };
}

/// <summary>A number at an instant.</summary>
/// <param name="At">The instant: T0 + At · interval.</param>
/// <param name="Value">Finite.</param>
public readonly record struct ObservedValue(int At, double Value);
