using LoadTesting.Metrics;

namespace LoadTesting.Runner.Tests.Engine;

/// <summary>Every place of a closed scenario has a virtual user of its own, however fast the others are done.</summary>
public sealed class OwnUserTests
{
    [Theory]
    [InlineData("per-vu-iterations, vus: 200, iterations: 2", 400)]
    [InlineData("shared-iterations, vus: 200, iterations: 200", 200)]
    public async Task A_user_that_has_done_its_part_takes_no_other_place(string executor, int iterations)
    {
        // Iterations without a step end before the next user begins: on real loops, many times.
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var run = YamlRun.Of(null, $"  flows: {{main: [{{record: [{{distinct: users, value: vu.id}}]}}]}}\n  scenarios: {{s: {{executor: {executor}, exec: main}}}}\n");
            await run.RunAsync();
            Assert.Equal(iterations, run.Count(BuiltInMetrics.Iterations.Name));
            var users = Assert.IsType<DistinctValue>(run.Snapshot.Select("users", TagSet.Empty));
            Assert.True(executor.StartsWith("shared", StringComparison.Ordinal) || users.Count == 200, $"attempt {attempt}: {users.Count} users");
        }
    }
}
