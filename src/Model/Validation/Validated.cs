namespace LoadTesting.Model.Validation;

/// <summary>What became of something that a user wrote: the value, or everything that is wrong with it.</summary>
/// <typeparam name="T">What is made when nothing is wrong.</typeparam>
/// <param name="Value">Null exactly when <see cref="Problems"/> has one that is no warning.</param>
/// <param name="Problems">Everything found, warnings included.</param>
public sealed record Validated<T>(T? Value, IReadOnlyList<Problem> Problems)
    where T : class
{
    /// <summary>Whether there is a value.</summary>
    public bool IsValid => Value is not null;
}
