using LoadTesting.Model.Contract;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Agent;
using LoadTesting.Runner.Cli.Desk;
using LoadTesting.Runner.Engine;
using LoadTesting.Runner.Tests.Http;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Engine;

/// <summary>Jobs among the steps of setup, verify and teardown, run as processes of this machine, and as orders to somebody else.</summary>
public sealed class JobStepTests
{
    [Fact]
    public async Task Values_flow_from_a_request_into_a_job_and_from_the_job_into_checks_and_later_jobs()
    {
        await using var server = await KestrelServer.StartAsync();
        var run = YamlRun.Of(server.Url, """
              verify:
                - request: {url: /json, extract: {told: json.count}}
                - job: {name: add, image: any, command: [sh, -c], args: ["echo noise >&2; echo $((${vars.told} + 1))"], checks: {one more: "output.contains(string(vars.told + 1))"}, extract: {sum: "output.find('[0-9]+')"}}
                - job: {image: any, command: [sh, -c, 'printf "{\"n\": %s}" "$N"'], env: {N: "${vars.sum}"}, checks: {as json: "json.n == 4 && exitCode == 0"}, extract: {n: json.n}}
                - check: {values stay: "vars.n == vars.told + 1"}
              flows: {main: [{sleep: 1s}]}
              scenarios: {s: {executor: per-vu-iterations}}
            """);

        var end = await run.OnceAsync(OncePhase.Verify);

        Assert.Equal(StageOutcome.Succeeded, end.Outcome);
        Assert.Equal(4, end.Values["n"].AsInt);
        Assert.Equal((3, 3), (run.Rate("checks")!.Total, run.Rate("checks")!.Trues));
    }

    [Theory]
    [InlineData("{image: a, name: count, command: [sh, -c, 'echo no such table; exit 3']}", "job count: exit code 3: no such table", null)]
    [InlineData("{image: a, name: count, command: [sh, -c, 'exit 3'], exitCodes: [3]}", null, null)]
    [InlineData("{image: a, name: count, command: [sh, -c, 'exit 0'], exitCodes: [3]}", "job count: exit code 0", null)]
    [InlineData("{image: a, name: count, command: [echo, text], extract: {n: json.n}}", "count: extract n: not JSON", null)]
    [InlineData("{image: a, name: count, command: [echo, '99'], checks: {sold 100: int(output) == 100}}", "check 'sold 100' failed", null)]
    [InlineData("{image: a, name: count, command: [sleep, '60'], timeout: 1s}", "job count: it did not end within 1 s", Reasons.JobTimedOut)]
    [InlineData("{image: a, name: count, command: [there-is-no-such-program]}", "job count: there-is-no-such-program cannot be started", Reasons.JobFailed)]
    [InlineData("{image: a, name: count, command: [echo, '${[1][size(env.KEY)]}']}", "count: command: ", null)]
    [InlineData("{image: a, name: count, command: [echo], args: ['a ${env.KEY} b']}", "count: args: it has the value of a Secret in it", null)]
    [InlineData("{image: a, name: count, command: [sh, -c, 'echo it is $KEY; exit 1']}", "job count: exit code 1: it is ****", null)]
    [InlineData("{image: a, name: count, command: [sh, -c], args: ['echo $(KEY) | grep ^s3cr3t']}", null, null)]
    public async Task What_goes_wrong_is_said_and_only_what_came_to_no_result_has_a_reason(string job, string? failure, string? reason)
    {
        var run = YamlRun.Of(null, $"  env: [{{name: KEY, valueFrom: {{secretKeyRef: {{name: a, key: b}}}}}}]\n  verify: [{{job: {job}}}]\n  flows: {{main: [{{sleep: 1s}}]}}\n  scenarios: {{s: {{executor: per-vu-iterations}}}}\n");
        run.Environment["KEY"] = "s3cr3t-value";

        var outcome = (await run.OnceAsync(OncePhase.Verify)).Outcome;

        Assert.Equal((failure is null ? StageState.Succeeded : StageState.Failed, reason), (outcome.State, outcome.Reason));
        Assert.StartsWith(failure ?? "", outcome.Message ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t-value", outcome.Message ?? "", StringComparison.Ordinal);
    }

    // Gates of a delivery that are no load: tools that succeed, programs that end in time, numbers that they print.
    [Theory]
    [InlineData("none", "94.5", 0, null, null)]
    [InlineData("sobelow", "94.5", 0, "job tool: exit code 1: sobelow found something", null)]
    [InlineData("none", "89", 0, "check 'coverage above 90 %' failed", null)]
    [InlineData("none", "94.5", 30, "job bill of materials: it did not end within 2 s", Reasons.JobTimedOut)]
    [Trait("covers", "000-30 000-31 000-32 000-66 000-74")]
    public async Task Gates_that_are_programs_hold_by_exit_code_by_time_and_by_what_they_print(string broken, string coverage, int seconds, string? failure, string? reason)
    {
        var run = YamlRun.Of(null, $$$"""
              verify:
                - repeat:
                    each: "['format', 'credo', 'dialyzer', 'sobelow', 'deps.audit', 'test']"
                    as: tool
                    steps:
                      - job: {name: tool, image: ci, command: [sh, -c], args: ["test {{{broken}}} != ${vars.tool} || { echo ${vars.tool} found something; exit 1; }"], timeout: 5m}
                - job: {name: suite, image: ci, command: [echo, '{"coverage": {{{coverage}}}, "flaky": 0}'], extract: {suite: json}, checks: {coverage above 90 %: json.coverage > 90, none flaky: json.flaky == 0}}
                - record: [{gauge: coverage, value: vars.suite.coverage}]
                - job: {name: bill of materials, image: ci, command: [sleep, '{{{seconds}}}'], timeout: 2s}
              flows: {main: [{sleep: 1s}]}
              scenarios: {s: {executor: per-vu-iterations}}
            """);

        var outcome = (await run.OnceAsync(OncePhase.Verify)).Outcome;

        Assert.Equal((failure is null ? StageState.Succeeded : StageState.Failed, failure, reason), (outcome.State, outcome.Message, outcome.Reason));
        Assert.NotNull(run.Snapshot.Select("coverage", LoadTesting.Metrics.TagSet.Empty));
    }

    [Fact]
    public async Task Of_a_long_output_the_beginning_is_kept_and_the_program_does_not_wait_for_a_reader()
    {
        var jobs = new LocalJobs(new Dictionary<string, string>(), ".", TimeProvider.System);

        var result = await jobs.RunAsync(new JobOrder(0, "", "", ["sh", "-c", "yes 1234567 | head -c 3000000"], [], OrderedMap<string>.Empty), TimeSpan.FromMinutes(1), default);

        Assert.Equal((0, JobStep.MostOutput), (result.ExitCode, result.Output.Length));
    }

    [Theory]
    [InlineData("$(A)-$(B)", "1-$(B)")]
    [InlineData("$$(A) $A $(date)", "$(A) $A $(date)")]
    [InlineData("$$$(A)", "$$(A)")]
    public void References_to_variables_are_replaced_as_the_kubelet_does(string word, string expected) =>
        Assert.Equal(expected, LocalJobs.Expand(word, new Dictionary<string, string> { ["A"] = "1" }));

    [Fact]
    public async Task An_order_may_be_asked_for_and_answered_again_and_again_and_is_carried_out_once()
    {
        var jobs = new ParkedJobs();
        var stage = StageAsync();
        Assert.Equal(0, (await jobs.NextAsync(stage))!.Ordinal);
        Assert.Equal(0, (await jobs.NextAsync(stage))!.Ordinal);
        jobs.Answer(new JobResult(1, 9, "of another job"));
        jobs.Answer(new JobResult(0, 0, "a"));
        Assert.Equal(1, (await jobs.NextAsync(stage))!.Ordinal);
        jobs.Answer(new JobResult(0, 0, "again"));
        Assert.Equal(1, (await jobs.NextAsync(stage))!.Ordinal);
        jobs.Answer(JobResult.None(1, Reasons.JobTimedOut, "late"));

        Assert.Null(await jobs.NextAsync(stage));
        Assert.Equal(("a", Reasons.JobTimedOut), await stage);

        async Task<(string, string?)> StageAsync()
        {
            var one = await jobs.RunAsync(new JobOrder(0, "p", "n", [], [], OrderedMap<string>.Empty), TimeSpan.FromSeconds(1), default);
            await Task.Yield();
            return (one.Output, (await jobs.RunAsync(new JobOrder(1, "p", "n", [], [], OrderedMap<string>.Empty), TimeSpan.FromSeconds(1), default)).Reason);
        }
    }

    [Fact]
    public void Orders_and_results_survive_the_wire()
    {
        var order = new JobOrder(7, "spec.verify[0].job", "count", ["a", "ü\n"], ["\"$(x)\""], new OrderedMap<string>([new("A", ""), new("B", "b")]));
        Assert.Equal(order.ToJson().ToJsonString(), JobOrder.Read(order.ToJson()).ToJson().ToJsonString());
        var result = new JobResult(7, 137, "out\u0001\n") { Reason = Reasons.JobFailed, Message = "m" };
        Assert.Equal(result, JobResult.Read(result.ToJson()));
    }

    [Fact]
    public void Time_that_jobs_take_is_not_that_of_the_stage()
    {
        var time = new ManualTimeProvider();
        using var stage = new StageTime(TimeSpan.FromSeconds(60), time);
        time.Advance(TimeSpan.FromSeconds(50));
        using (stage.Pause()) time.Advance(TimeSpan.FromSeconds(500));
        Assert.False(stage.Over.IsCancellationRequested);
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(stage.Over.IsCancellationRequested);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(stage.Over.IsCancellationRequested);
    }
}
