using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Target;

namespace LoadTesting.Runner.Cli;

/// <summary><c>loadtest target</c>: the demo target as a process of its own.</summary>
internal static class TargetCommand
{
    private const int CrashExitCode = 1;

    public static Command Create(TimeProvider time)
    {
        var port = NumberOption.Create("--port", ["-p"], 0, NumberOption.HighestPort, 8080);
        (port.Description, port.HelpName) = ("Port to listen on; 0 picks a free one.", "port");
        var listen = new Option<string>("--listen") { Description = "Address to listen on.", DefaultValueFactory = _ => "127.0.0.1" };
        var misbehave = new Option<Misbehaviour?>("--misbehave")
        {
            Description = $"What the simulated systems do wrong: {string.Join(", ", Enum.GetNames<Misbehaviour>().Skip(1).Select(n => n.ToLowerInvariant()))}; several with commas. Default nothing.",
            HelpName = "fault,…",
            CustomParser = result => Enum.TryParse<Misbehaviour>(result.Tokens[0].Value, ignoreCase: true, out var faults) && !result.Tokens[0].Value.Any(char.IsDigit)
                ? (Misbehaviour?)faults
                : Refuse<Misbehaviour?>(result, "--misbehave knows " + string.Join(", ", Enum.GetNames<Misbehaviour>().Select(n => n.ToLowerInvariant()))),
        };
        var latency = new Option<double>("--latency-factor")
        {
            Description = "Factor on the latencies of the simulated systems.",
            HelpName = "factor",
            DefaultValueFactory = _ => 1,
            CustomParser = result =>
                double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var factor) && factor is > 0 and <= 1000
                    ? factor
                    : Refuse<double>(result, $"--latency-factor wants a number above 0, at most 1000, got \"{result.Tokens[0].Value}\""),
        };
        var window = new Option<TimeSpan?>("--limiter-window")
        {
            Description = "Length of the rate limiters' window: their requests a minute become requests in this time. Default 1m.",
            HelpName = "time",
            CustomParser = result => Duration.TryParseWithUnit(result.Tokens[0].Value, out var length) && length > Duration.Zero
                ? (TimeSpan?)length.ToTimeSpan()
                : Refuse<TimeSpan?>(result, $"--limiter-window wants a time with a unit, as in 2s, got \"{result.Tokens[0].Value}\""),
        };
        var command = new Verb(
            "target",
            "Serves the demo target: endpoints that delay, fail at a rate, stall, sell out, limit a rate, echo, redirect and stream.",
            "loadtest target",
            "loadtest target --port 0",
            "loadtest target --misbehave oversell,slow    # rehearse a verdict that says no",
            "curl localhost:8080/    # lists the endpoints")
        {
            port,
            listen,
            misbehave,
            latency,
            window,
        };
        command.SetAction(async (result, cancellation) =>
        {
            var output = result.InvocationConfiguration.Output;
            var error = result.InvocationConfiguration.Error;
            if (!IPAddress.TryParse(result.GetValue(listen), out var address))
            {
                await error.WriteLineAsync($"loadtest target: --listen wants an IP address, got \"{result.GetValue(listen)}\"");
                return ExitCodes.InvalidManifest;
            }

            using var signals = new StopSignals();
            try
            {
                await using var server = await TargetServer.StartAsync(
                    address,
                    result.GetValue(port),
                    time,
                    new TargetBehaviour
                    {
                        Misbehaviour = result.GetValue(misbehave) ?? Misbehaviour.None,
                        LatencyFactor = result.GetValue(latency),
                        LimiterWindow = result.GetValue(window) ?? TimeSpan.FromMinutes(1),
                    },
                    cancellation);
                await output.WriteLineAsync($"demo target on {server.Url} (Ctrl-C stops it)");
                await output.FlushAsync(cancellation);
                // POST /crash imitates a service that crashes: its exit code is a service's (docs/demo-target.md), not one of a verdict.
                return await server.WaitAsync(signals.Graceful) ? CrashExitCode : ExitCodes.Passed;
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                await error.WriteLineAsync($"loadtest target: {ListenErrors.Sentence(e, address, result.GetValue(port))}");
                return ExitCodes.Error;
            }
        });
        return command;
    }

    private static T? Refuse<T>(ArgumentResult result, string message)
    {
        result.AddError(message);
        return default;
    }
}
