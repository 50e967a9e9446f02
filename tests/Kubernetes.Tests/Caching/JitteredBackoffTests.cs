using LoadTesting.Kubernetes.Caching;
using LoadTesting.TestKit;

namespace LoadTesting.Kubernetes.Tests.Caching;

public sealed class JitteredBackoffTests
{
    [Fact]
    public void Pauses_double_from_0_8_to_30_seconds_with_up_to_as_much_jitter()
    {
        var time = new ManualTimeProvider();
        var backoff = new JitteredBackoff(time, new Random(1));
        foreach (var expected in (double[])[0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30, 30])
        {
            var pause = backoff.Next();
            Assert.InRange(pause.TotalSeconds, expected, 2 * expected);
            time.Advance(pause);
        }
    }

    [Fact]
    public void Two_healthy_minutes_start_it_over()
    {
        var time = new ManualTimeProvider();
        var backoff = new JitteredBackoff(time, new Random(1));
        for (var i = 0; i < 6; i++)
        {
            time.Advance(backoff.Next());
        }

        time.Advance(TimeSpan.FromSeconds(119));
        Assert.InRange(backoff.Next().TotalSeconds, 30, 60);
        time.Advance(TimeSpan.FromSeconds(60 + 121));
        Assert.InRange(backoff.Next().TotalSeconds, 0.8, 1.6);
    }

    [Fact]
    public void Two_clients_do_not_come_back_in_step()
    {
        var time = new ManualTimeProvider();
        Assert.NotEqual(new JitteredBackoff(time, new Random(1)).Next(), new JitteredBackoff(time, new Random(2)).Next());
    }
}
