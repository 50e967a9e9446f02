namespace LoadTesting.Expressions.Evaluation;

/// <summary>What a function makes of arguments that are constant: a body that has already read them, or the reason why they are wrong.</summary>
internal sealed record CelSpecialization(CelFunctionBody? Body, string? Issue);
