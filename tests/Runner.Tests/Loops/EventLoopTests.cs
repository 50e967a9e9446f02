using LoadTesting.Runner.Http;
using LoadTesting.Runner.Loops;

namespace LoadTesting.Runner.Tests.Loops;

/// <summary>What everything on a loop relies on.</summary>
public sealed class EventLoopTests : IDisposable
{
    private readonly EventLoop _loop = new(new MonotonicClock(TimeProvider.System), "test-loop");

    [Fact]
    public async Task Posted_work_runs_on_the_loop_in_order_and_all_of_it()
    {
        var seen = new List<int>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        for (var i = 0; i < 10_000; i++)
        {
            var number = i;
            _loop.Post(new LoopAction(() =>
            {
                Assert.True(_loop.IsCurrent);
                seen.Add(number);
                if (number == 9_999) done.SetResult();
            }));
        }

        await done.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(Enumerable.Range(0, 10_000), seen);
    }

    [Fact]
    public async Task Work_from_many_threads_is_neither_lost_nor_does_it_sleep_through()
    {
        var count = 0;
        await Parallel.ForAsync(0, 20_000, async (i, _) =>
        {
            await _loop.SwitchTo();
            count++;
            if (i % 100 == 0) await Task.Yield();
        }).WaitAsync(TimeSpan.FromSeconds(120));
        Assert.Equal(20_000, count);
    }

    [Fact]
    public async Task Waits_end_in_the_order_of_their_instants_and_never_before()
    {
        await _loop.SwitchTo();
        var order = new List<int>();
        var start = _loop.Now;
        var waits = new[] { 30, 10, 20, 50, 40 }.Select(async ms =>
        {
            var due = start + (ms * 1_000_000L);
            Assert.True(await _loop.WaitUntilAsync(due, default));
            Assert.True(_loop.IsCurrent && _loop.Now >= due, $"{ms} ms: woken {due - _loop.Now} ns too early");
            order.Add(ms);
        }).ToArray();
        await Task.WhenAll(waits);
        Assert.Equal([10, 20, 30, 40, 50], order);
    }

    [Fact]
    public async Task A_wait_ends_when_it_is_cancelled_and_later_waits_do_not_notice()
    {
        await _loop.SwitchTo();
        for (var i = 0; i < 200; i++)
        {
            using var source = new CancellationTokenSource();
            var wait = _loop.WaitUntilAsync(_loop.Now + 60_000_000_000, source.Token);
            _ = Task.Run(source.Cancel);
            Assert.False(await wait);
            Assert.True(_loop.IsCurrent);
            Assert.True(await _loop.WaitUntilAsync(_loop.Now + 10_000, default));
        }
    }

    [Fact]
    public async Task Who_yields_lets_others_have_their_turn()
    {
        await _loop.SwitchTo();
        var isOver = false;
        var turns = 0;
        var busy = BusyAsync();

        // On a machine that does other things an instant may have passed before the busy one had a turn at all: then another one is waited for.
        for (var waits = 1; turns < 2; waits++)
        {
            Assert.True(await _loop.WaitUntilAsync(_loop.Now + 5_000_000, default));
            Assert.True(waits < 1000, "timers come, and who yielded has no turn");
        }

        Assert.False(busy.IsCompleted);
        isOver = true;
        await busy;

        async Task BusyAsync()
        {
            for (; !isOver; turns++) await _loop.Yield();
        }
    }

    [Fact]
    public async Task A_long_turn_is_a_stall()
    {
        await _loop.SwitchTo();
        Assert.True(await _loop.WaitUntilAsync(_loop.Now + 1_000_000, default));
        for (var until = _loop.Now + 20_000_000; _loop.Now < until;)
        {
            // Nobody else has a turn meanwhile.
        }

        await _loop.Yield();
        await _loop.Yield();
        Assert.True(_loop.Statistics.Stalls().Max >= 0.02, $"the longest is {_loop.Statistics.Stalls().Max} s");
    }

    [Fact]
    public void Timers_come_in_order_however_they_are_set_moved_and_taken_out()
    {
        var random = new Random(7);
        var heap = new TimerHeap();
        var timers = Enumerable.Range(0, 200).Select(_ => new Timer()).ToArray();
        var model = new Dictionary<Timer, long>();
        for (var i = 0; i < 20_000; i++)
        {
            var timer = timers[random.Next(timers.Length)];
            if (random.Next(4) == 0)
            {
                heap.Remove(timer);
                model.Remove(timer);
            }
            else
            {
                var due = random.Next(1000);
                heap.Set(timer, due);
                model[timer] = due;
            }

            Assert.Equal(model.Count, heap.Count);
            Assert.Equal(model.Count == 0 ? long.MaxValue : model.Values.Min(), heap.NextDue);
        }

        var last = long.MinValue;
        while (heap.TakeDue(long.MaxValue - 1) is Timer timer)
        {
            Assert.True(model[timer] >= last);
            last = model[timer];
            model.Remove(timer);
        }

        Assert.Empty(model);
    }

    public void Dispose() => _loop.Dispose();

    private sealed class Timer : LoopTimer
    {
        internal override void OnDue(long now)
        {
            // The heap only keeps it.
        }
    }
}
