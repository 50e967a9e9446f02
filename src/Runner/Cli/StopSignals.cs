using System.Runtime.InteropServices;

namespace LoadTesting.Runner.Cli;

/// <summary>
/// SIGINT (Ctrl-C) and SIGTERM as tokens: the first asks for a graceful stop, the second ends the process at once with
/// 128 + signal number, as shells expect.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _graceful = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals() =>
        _registrations = [Register(PosixSignal.SIGINT, 130), Register(PosixSignal.SIGTERM, 143)];

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
