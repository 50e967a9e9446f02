using LoadTesting.Metrics;

namespace LoadTesting.Runner.Tests.Engine;

/// <summary>Every place of a scenario with iterations per user has a virtual user of its own, however fast the others are done.</summary>
public sealed class OwnUserTests
{
    [Fact]
    public async Task A_user_that_has_done_its_part_takes_no_other_place()
    {
        // Iterations without a request end before the next user begins: on real loops, many times.
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var run = YamlRun.Of(
                null, "  flows: {main: [{record: [{distinct: users, value: vu.id}]}]}\n  scenarios: {s: {executor: per-vu-iterations, vus: 200, iterations: 2, exec: main}}\n");
            await run.RunAsync();
            Assert.Equal(400, run.Count(BuiltInMetrics.Iterations.Name));
            var users = Assert.IsType<DistinctValue>(run.Snapshot.Select("users", TagSet.Empty));
            Assert.True(users.Count == 200, $"attempt {attempt}: {users.Count} users");
        }
    }
}
