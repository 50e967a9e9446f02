using LoadTesting.Runner.Engine.Timing;
using LoadTesting.Runner.Http;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Engine;

/// <summary>Waiting for instants.</summary>
public sealed class TimingTests
{
    [Fact]
    public async Task Real_waits_come_in_order_and_never_early()
    {
        var clock = new MonotonicClock(TimeProvider.System);
        using var waiter = new PreciseWaiter(clock);
        var start = clock.Now;
        var order = new List<int>();
        var waits = Enumerable.Range(0, 50).Select(i => 49 - i).Select(async i =>
        {
            // Late enough that all wait before the first is due, however slow the machine.
            var due = start + 2_000_000_000 + (i * 700_000L);

            // Not over the test's own context, which gives what it is posted to any of several threads.
            Assert.True(await waiter.WaitPreciselyAsync(due, default).ConfigureAwait(false));
            Assert.True(clock.Now >= due, "early");
            lock (order) order.Add(i);
        });
        await Task.WhenAll(waits);
        Assert.Equal(Enumerable.Range(0, 50), order);
    }

    [Fact]
    public async Task A_cancelled_wait_says_so_at_once_and_a_past_instant_is_there_already()
    {
        var clock = new MonotonicClock(TimeProvider.System);
        using var waiter = new PreciseWaiter(clock);
        using var cancel = new CancellationTokenSource();
        var wait = waiter.WaitUntilAsync(clock.Now + 3_600_000_000_000, cancel.Token);
        Assert.False(wait.IsCompleted);
        await cancel.CancelAsync();
        Assert.False(await wait);
        Assert.True(await waiter.WaitUntilAsync(clock.Now - 1, default));
        Assert.False(await waiter.WaitUntilAsync(clock.Now - 1, cancel.Token));
    }

    [Fact]
    public async Task An_earlier_instant_that_is_asked_for_later_still_comes_first()
    {
        var clock = new MonotonicClock(TimeProvider.System);
        using var waiter = new PreciseWaiter(clock);
        using var cancel = new CancellationTokenSource();
        var late = waiter.WaitUntilAsync(clock.Now + 3_600_000_000_000, cancel.Token);
        Assert.True(await waiter.WaitUntilAsync(clock.Now + 5_000_000, default));
        Assert.False(late.IsCompleted);
        await cancel.CancelAsync();
        await late;
    }

    [Fact]
    public void Virtual_waits_take_no_real_time_and_are_exact_to_the_timer_s_resolution()
    {
        var time = new VirtualTime();
        using var waiter = new TimeProviderWaiter(new MonotonicClock(time));
        var start = time.GetTimestamp();
        var late = time.Run(async () =>
        {
            var due = start + (86_400L * 1_000_000_000) + 123_450;
            Assert.True(await waiter.WaitUntilAsync(due, default));
            return time.GetTimestamp() - due;
        });
        Assert.InRange(late, 0, 99);
    }

    [Fact]
    public void Timestamps_of_any_frequency_are_nanoseconds()
    {
        var clock = new MonotonicClock(new OddFrequency());
        Assert.Equal(3_000_000_000 + 333_333_333, clock.FromTimestamp(10));
        Assert.Equal(100L * 365 * 86_400 * 1_000_000_000, clock.FromTimestamp(3L * 100 * 365 * 86_400));
    }

    private sealed class OddFrequency : TimeProvider
    {
        public override long TimestampFrequency => 3;
    }
}
