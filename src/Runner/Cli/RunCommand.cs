using System.CommandLine;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Reporting;
using LoadTesting.Runner.Cli.Desk;
using LoadTesting.Runner.Cli.Views;
using LoadTesting.Runner.Engine;

namespace LoadTesting.Runner.Cli;

/// <summary><c>loadtest run</c>: manifests at the desk, one after the other.</summary>
internal static class RunCommand
{
    public static Command Create(TimeProvider time)
    {
        var inputs = new ManifestInputs();
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print nothing but the verdict." };
        var output = new Option<string[]>("--out", "-o")
        {
            Description = "Write the run's report: json=FILE; \"-\" is standard output. With several tests their reports are an array.",
            HelpName = "json=FILE",
        };
        output.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => !t.Value.StartsWith(ReportFile.Format, StringComparison.Ordinal) || t.Value.Length == ReportFile.Format.Length))
            {
                result.AddError($"--out wants json=FILE, got \"{token.Value}\"");
            }
        });
        var full = new Option<bool>("--full") { Description = "Print the full summary: every phase of the requests, every scenario." };
        var baseline = new Option<string?>("--baseline") { Description = "Report of an earlier run (--out json=FILE) that thresholds with baseline compare with.", HelpName = "FILE" };
        var command = new Verb(
            "run",
            "Runs LoadTest manifests at the desk, judges them and ends with the verdict's exit code (0 passed, 99 thresholds failed, docs/exit-codes.md).",
            "loadtest run examples/quickstart.yaml",
            "loadtest run test.yaml --target http://localhost:3000 -e API_KEY=secret -v productId=lamp",
            "loadtest run test.yaml --vus 5 --duration 30s --quiet",
            "loadtest run test.yaml --runners 3 --out json=report.json",
            "loadtest run test.yaml --baseline report.json");
        inputs.AddTo(command);
        command.Add(inputs.AllowJobs);
        command.Add(output);
        command.Add(quiet);
        command.Add(full);
        command.Add(baseline);
        command.SetAction(async (result, cancellation) =>
        {
            var console = CommandConsole.Of(result.InvocationConfiguration);
            // Everything that can be wrong is said at once, before the load.
            var files = ReportFile.Check(result.GetValue(output) ?? [], console.Error);
            var earlier = result.GetValue(baseline) is { } path ? await ReportFile.ReadAsync(path, console) : null;
            var isBaselineMissing = result.GetValue(baseline) is not null && earlier is null;
            var tests = await DeskTests.LoadAsync(inputs, result, console, toRun: true, time, cancellation);
            if (tests is null)
            {
                return ExitCodes.InvalidManifest;
            }

            await using (tests)
            {
                if (files is null || isBaselineMissing)
                {
                    return ExitCodes.InvalidManifest;
                }

                if (files.Any(f => f.IsOutput))
                {
                    console = console.WithoutOutput();
                }

                var reports = new List<RunReport>();
                using var signals = new StopSignals();
                foreach (var test in tests.Tests)
                {
                    reports.Add(await RunAsync(test, console, result.GetValue(quiet), result.GetValue(full), time, earlier, signals.Graceful));
                    if (signals.Graceful.IsCancellationRequested)
                    {
                        break;
                    }
                }

                await ReportFile.WriteAsync(files, reports, console, time, signals.Graceful);

                return ExitCodes.OfAll(reports.Select(r => (r.Verdict!.Value, r.Reason)));
            }
        });
        return command;
    }

    private static async Task<RunReport> RunAsync(
        DeskTest test, CommandConsole console, bool quiet, bool full, TimeProvider time, RunReport? baseline, CancellationToken stop)
    {
        await using IRunView view = quiet ? new QuietView() : console.IsTerminal ? new TerminalView(TerminalOutput.Create(console), console.IsErrorTerminal ? null : console.Error)
            : new PlainView(console.Output, console.Error);
        await using var told = stop.UnsafeRegister(static v => ((IRunView)v!).Note("stopping: the run is wound up and judged; another signal leaves at once"), view);
        var options = new EngineOptions { Time = time, Log = new NoteLogger(view, time) };
        RunReport report;
        await using (var run = new DeskRun(test, view, options, stop, baseline))
        {
            report = await run.ExecuteAsync();
        }

        await view.StopAsync();
        var printer = new StyledPrinter(console.RawOutput, console.Colours);
        if (!quiet)
        {
            printer.Print(SummaryText.Lines(report, full, console.IsTerminal ? new TerminalOutput(console.RawOutput).Width : int.MaxValue));
        }
        else
        {
            printer.Print(SummaryText.Sentence(report));
        }

        await console.Output.FlushAsync(CancellationToken.None);
        return report;
    }
}
