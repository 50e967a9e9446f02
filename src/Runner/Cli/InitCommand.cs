using System.CommandLine;
using LoadTesting.Model.Contract;

namespace LoadTesting.Runner.Cli;

/// <summary><c>loadtest init KIND</c>: a commented manifest to begin with.</summary>
internal static class InitCommand
{
    /// <summary>The kinds of test that there are starters for.</summary>
    public static readonly IReadOnlyList<string> Kinds = ["smoke", "load", "stress", "soak", "spike", "flash-sale", "gate"];

    public static Command Create(TimeProvider time)
    {
        var kind = new Argument<string>("kind") { HelpName = "kind", Description = $"{string.Join(", ", Kinds)}.", DefaultValueFactory = _ => "smoke" };
        kind.AcceptOnlyFromAmong([.. Kinds]);
        var output = new Option<string>("--output", "-o") { Description = "Where to write it; \"-\" is standard output.", DefaultValueFactory = _ => "loadtest.yaml", HelpName = "file" };
        var command = new Verb(
            "init",
            "Writes a commented manifest to begin with. It runs as it is against the demo target: loadtest run loadtest.yaml --target embedded.",
            "loadtest init",
            "loadtest init flash-sale -o sale.yaml")
        {
            kind, output,
        };
        command.SetAction(async (result, cancellation) =>
        {
            var (path, streams) = (result.GetValue(output)!, result.InvocationConfiguration);
            var text = Starter(result.GetValue(kind)!);
            if (!await NewFile.WriteAsync(path, text, CommandConsole.Of(streams), time, cancellation))
            {
                return ExitCodes.Error;
            }

            // Standard output may be where the manifest went.
            await streams.Error.WriteLineAsync($"{path} is written; try it: loadtest run {path} --target embedded");
            return ExitCodes.Passed;
        });
        return command;
    }

    private static string Starter(string kind)
    {
        using var stream = typeof(InitCommand).Assembly.GetManifestResourceStream($"starter/{kind}.yaml")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
