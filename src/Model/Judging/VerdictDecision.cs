namespace LoadTesting.Model.Judging;

/// <summary>The outcome with its reason.</summary>
/// <param name="Verdict">The outcome.</param>
/// <param name="Reason">One of <see cref="Reasons"/>.</param>
/// <param name="Message">One sentence a person can act on, with observed and wanted values.</param>
public sealed record VerdictDecision(Verdict Verdict, string Reason, string Message);
