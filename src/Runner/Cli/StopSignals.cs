using System.Globalization;
using System.Runtime.InteropServices;

namespace LoadTesting.Runner.Cli;

/// <summary>
/// SIGINT (Ctrl-C), SIGTERM and SIGHUP (the terminal is gone) as a token: the first asks for a graceful stop, the second ends the process at once with 128 +
/// signal number, as shells expect. SIGQUIT (Ctrl-\) does not wait for anything: it ends at once the first time. A SIGHUP that the process was told to ignore
/// (nohup) stays ignored.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _graceful = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals() =>
        _registrations =
        [
            Register(PosixSignal.SIGINT, 130), Register(PosixSignal.SIGTERM, 143), .. IsHangUpIgnored() ? [] : new[] { Register(PosixSignal.SIGHUP, 129) },
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, _ => Environment.Exit(131)),
        ];

    /// <summary>Fires at the first signal.</summary>
    public CancellationToken Graceful => _graceful.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _graceful.Dispose();
    }

    // nohup: whoever starts a run so wants it to outlive the terminal. The platform's handler would replace the ignoring.
    private static bool IsHangUpIgnored()
    {
        try
        {
            return File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } line
                && (ulong.Parse(line.AsSpan(7).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) & 1) != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return false;
        }
    }

    private PosixSignalRegistration Register(PosixSignal signal, int exitCode) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        if (_graceful.IsCancellationRequested)
        {
            Environment.Exit(exitCode);
        }

        _graceful.Cancel();
    });
}
