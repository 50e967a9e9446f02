using LoadTesting.Runner.Http.Wire;

namespace LoadTesting.Runner.Http;

/// <summary>Chooses the senders of a test.</summary>
public static class SenderFactories
{
    /// <summary>Environment variable that forces a kind: <c>loop</c> or <c>sockets</c>; for comparisons, and as a way out.</summary>
    public const string EnvironmentVariable = "LOADTEST_SENDER";

    /// <summary>Senders for the settings.</summary>
    /// <param name="settings">What all connections have in common.</param>
    /// <param name="time">All time. Event loops know real time only.</param>
    /// <param name="kind">Which kind; <see cref="SenderKind.Auto"/> asks the environment variable, then the platform.</param>
    public static ISenderFactory Create(HttpSettings settings, TimeProvider time, SenderKind kind = SenderKind.Auto)
    {
        if (kind == SenderKind.Auto) kind = Preferred();
        var canLoop = OperatingSystem.IsLinux() && settings is { Http2: false, H2c: false } && ReferenceEquals(time, TimeProvider.System);
        return canLoop && kind != SenderKind.Sockets ? new LoopSenderFactory(settings, time) : new SocketsHttpSenderFactory(settings, time);
    }

    private static SenderKind Preferred() => Enum.TryParse<SenderKind>(Environment.GetEnvironmentVariable(EnvironmentVariable), ignoreCase: true, out var kind) ? kind : SenderKind.Auto;
}

/// <summary>How requests are put on the wire.</summary>
public enum SenderKind
{
    /// <summary>Event loops on Linux for HTTP/1.1, the platform's client otherwise.</summary>
    Auto,

    /// <summary>Event loops, where they can be: for HTTP/2 and on other platforms the platform's client all the same.</summary>
    Loop,

    /// <summary>The platform's client.</summary>
    Sockets,
}
