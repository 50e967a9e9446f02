namespace LoadTesting.Expressions;

/// <summary>A failed evaluation as a value.</summary>
/// <param name="Code">The kind of failure.</param>
/// <param name="Message">One sentence for the author of the expression.</param>
public sealed record CelError(CelErrorCode Code, string Message);
