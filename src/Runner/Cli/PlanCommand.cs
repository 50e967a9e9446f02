using System.CommandLine;
using System.Globalization;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Planning;
using LoadTesting.Runner.Cli.Desk;

namespace LoadTesting.Runner.Cli;

/// <summary><c>loadtest plan</c>: what each runner would do, without doing it.</summary>
internal static class PlanCommand
{
    public static Command Create(TimeProvider time)
    {
        var inputs = new ManifestInputs();
        var format = new Option<string>("--output", "-o") { Description = "text or json.", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "json");
        var limit = NumberOption.Create("--limit", [], 0, int.MaxValue, PlanDocument.DefaultLimit);
        (limit.Description, limit.HelpName) = ("Longest list in the JSON; 0 = all.", "n");
        var command = new Verb(
            "plan",
            "Prints what each runner will do: VUs, iterations, arrival instants, VU steps.",
            "loadtest plan examples/quickstart.yaml",
            "loadtest plan examples/quickstart.yaml --runners 3 -o json");
        inputs.AddTo(command);
        command.Add(format);
        command.Add(limit);
        command.SetAction(async (result, cancellation) =>
        {
            var console = CommandConsole.Of(result.InvocationConfiguration);
            var tests = await DeskTests.LoadAsync(inputs, result, console, toRun: false, time, cancellation);
            if (tests is null)
            {
                return ExitCodes.InvalidManifest;
            }

            await using (tests)
            {
                foreach (var test in tests.Tests)
                {
                    var plans = Planner.Plan(test.Spec, test.Spec.Runners.Replicas);
                    await (result.GetValue(format) == "json"
                        ? console.Output.WriteLineAsync(PlanDocument.ToJson(plans, result.GetValue(limit)))
                        : WriteTextAsync(console.Output, test, plans));
                }
            }

            return ExitCodes.Passed;
        });
        return command;
    }

    private static async Task WriteTextAsync(TextWriter output, DeskTest test, IReadOnlyList<WorkerPlan> plans)
    {
        var whole = PlanSummary.Of(test.Spec);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{test.Title}: {plans.Count} runner{(plans.Count == 1 ? "" : "s")}, at most {whole.MaxPossibleVUs} VUs, at most {whole.MaxDuration}"));
        foreach (var scenario in whole.Scenarios)
        {
            var iterations = scenario.PlannedIterations is { } n ? string.Create(CultureInfo.InvariantCulture, $" ({n} iterations)") : "";
            await output.WriteLineAsync($"  {scenario.Name}: {scenario.Description}{iterations}");
        }

        foreach (var line in test.EvaluatedLines)
        {
            await output.WriteLineAsync(line);
        }

        if (plans.Count == 1)
        {
            return;
        }

        foreach (var plan in plans)
        {
            var shares = PlanSummary.Of(plan).Scenarios.Zip(plan.Scenarios, (s, p) => string.Create(
                CultureInfo.InvariantCulture,
                $"{s.Name} {p.MaxVUs} VUs{(s.PlannedIterations is { } n ? $" {n} iterations" : "")}"));
            await output.WriteLineAsync($"  runner {plan.Index}: {(plan.Scenarios.Count == 0 ? "no work" : string.Join(", ", shares))}");
        }
    }
}
