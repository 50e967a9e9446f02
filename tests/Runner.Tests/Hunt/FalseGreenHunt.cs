using System.Globalization;
using System.Net;
using LoadTesting.Model.Judging;
using LoadTesting.Runner.Target;
using Xunit.Abstractions;

namespace LoadTesting.Runner.Tests.Hunt;

/// <summary>
/// Runs whose generator is harmed while the target is healthy, or whose target or test is broken: none may pass. A few in every test run; <c>tests/hunt</c> does hundreds, and one again by its seed. What is printed per
/// run: the seed with what was done, and the verdict.
/// </summary>
public sealed class FalseGreenHunt(ITestOutputHelper output)
{
    [Fact]
    public async Task No_harmed_run_passes()
    {
        var (first, count, parallel) = (Number("LOADTEST_HUNT_SEED", 0), Number("LOADTEST_HUNT_RUNS", Enum.GetValues<Fault>().Length), Number("LOADTEST_HUNT_PARALLEL", 3));
        await using var server = await TargetServer.StartAsync(IPAddress.Loopback, 0, TimeProvider.System);
        var falseGreens = new List<string>();
        var tally = new SortedDictionary<string, int>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(Enumerable.Range(first, count), new ParallelOptions { MaxDegreeOfParallelism = parallel }, async (seed, _) =>
        {
            var hunt = HuntCase.Of(seed);
            await using var target = new HuntTarget(hunt, server.Url);
            await using var run = new HuntRun(hunt, target);
            var decision = await run.ExecuteAsync();
            lock (tally)
            {
                var line = $"{hunt} → {decision.Verdict} {decision.Reason}: {decision.Message}";
                output.WriteLine(line);
                if (Environment.GetEnvironmentVariable("LOADTEST_HUNT_LOG") is { Length: > 0 } log) File.AppendAllText(log, line + "\n");
                var kind = $"{hunt.Fault}: {decision.Verdict}/{decision.Reason}";
                tally[kind] = tally.GetValueOrDefault(kind) + 1;
                if ((decision.Verdict == Verdict.Passed && !hunt.MayPass) || (decision.Verdict == Verdict.Unjudged && !hunt.MayBeUnjudged)) falseGreens.Add(line);

                // That the harm was done is not taken on trust.
                var isSilent = hunt.Fault is Fault.DeadTarget or Fault.MalformedAnswers;
                if (isSilent && target.Answered > 0) falseGreens.Add($"{hunt}: the target answered {target.Answered} requests");
            }
        });
        foreach (var (kind, n) in tally) output.WriteLine($"{n,4} × {kind}");
        Assert.Empty(falseGreens);
    }

    private static int Number(string variable, int standard) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : standard;
}
