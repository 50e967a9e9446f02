using System.CommandLine;
using System.Net;
using LoadTesting.Runner.Target;

namespace LoadTesting.Runner.Cli;

/// <summary><c>loadtest target</c>: the demo target as a process of its own.</summary>
internal static class TargetCommand
{
    public static Command Create(TimeProvider time)
    {
        var port = new Option<int>("--port", "-p") { Description = "Port to listen on; 0 picks a free one.", DefaultValueFactory = _ => 8080 };
        var listen = new Option<string>("--listen") { Description = "Address to listen on.", DefaultValueFactory = _ => "127.0.0.1" };
        var command = new Verb(
            "target",
            "Serves the demo target: endpoints that delay, fail at a rate, stall, sell out, limit a rate, echo, redirect and stream.",
            "loadtest target",
            "loadtest target --port 0",
            "curl localhost:8080/    # lists the endpoints")
        {
            port,
            listen,
        };
        command.SetAction(async (result, cancellation) =>
        {
            var output = result.InvocationConfiguration.Output;
            var error = result.InvocationConfiguration.Error;
            if (!IPAddress.TryParse(result.GetValue(listen), out var address))
            {
                await error.WriteLineAsync($"loadtest target: --listen wants an IP address, got \"{result.GetValue(listen)}\"");
                return 1;
            }

            using var signals = new StopSignals();
            try
            {
                await using var server = await TargetServer.StartAsync(address, result.GetValue(port), time, cancellation);
                await output.WriteLineAsync($"demo target on {server.Url} (Ctrl-C stops it)");
                await output.FlushAsync(cancellation);
                await server.WaitAsync(signals.Graceful);
                return 0;
            }
            catch (IOException e)
            {
                await error.WriteLineAsync($"loadtest target: {e.Message}");
                return 1;
            }
        });
        return command;
    }
}
