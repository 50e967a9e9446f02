using LoadTesting.Model.Spec;
using LoadTesting.Operator.Lifecycle;

namespace LoadTesting.Operator.Tests.Lifecycle;

public sealed class RunDeadlinesTests
{
    /// <summary>Seconds of obstacle and ready in the test, and what they are then.</summary>
    [Theory]
    [InlineData(null, null, 60, 300)]
    [InlineData(600, null, 600, 840)]
    [InlineData(30, null, 30, 300)]
    [InlineData(600, 600, 600, 600)]
    [InlineData(null, 900, 60, 900)]
    public void A_tests_own_wishes_win_and_time_for_obstacles_is_time_until_ready(int? obstacle, int? ready, int expectedObstacle, int expectedReady)
    {
        var limits = new RunDeadlines().With(new DeadlinesSpec { Obstacle = Seconds(obstacle), Ready = Seconds(ready) });
        Assert.Equal((expectedObstacle, expectedReady), ((int)limits.Obstacle.TotalSeconds, (int)limits.Ready.TotalSeconds));
        Assert.Equal(new RunDeadlines().Evaluate, limits.Evaluate);
    }

    [Fact]
    public void The_others_are_as_given()
    {
        var limits = new RunDeadlines().With(new DeadlinesSpec { Queue = Seconds(1), Setup = Seconds(2), Evaluate = Seconds(3) });
        Assert.Equal((1, 2, 3), ((int)limits.Queue.TotalSeconds, (int)limits.Setup.TotalSeconds, (int)limits.Evaluate.TotalSeconds));
    }

    private static Duration? Seconds(int? seconds) => seconds is { } s ? Duration.FromSeconds(s) : null;
}
