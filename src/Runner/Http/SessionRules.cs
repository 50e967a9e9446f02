namespace LoadTesting.Runner.Http;

/// <summary>What a session keeps.</summary>
/// <param name="KeepsCookies">Whether there is a jar.</param>
/// <param name="ForgetsCookies">Whether the jar is emptied after each iteration.</param>
/// <param name="ClosesConnections">Whether connections are closed after each iteration.</param>
public readonly record struct SessionRules(bool KeepsCookies, bool ForgetsCookies = true, bool ClosesConnections = false);
