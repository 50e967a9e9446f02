namespace LoadTesting.Runner.Engine;

/// <summary>An error of the test itself that ended an iteration.</summary>
/// <param name="At">Field path of what failed, e.g. <c>spec.flows.buy[0].request.url</c>; empty for a defect of this program.</param>
/// <param name="Message">What was wrong, without secrets.</param>
internal sealed record TestError(string At, string Message);
