using System.Collections.Concurrent;
using System.Threading.Channels;
using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Kubernetes.Control;
using LoadTesting.TestKit;

namespace LoadTesting.Kubernetes.Tests.Control;

public sealed class WorkQueueTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task A_key_added_twice_is_handed_out_once()
    {
        using var queue = Queue();
        queue.Add("a");
        queue.Add("a");
        queue.Add("b");
        Assert.Equal(2, queue.Count);
        Assert.Equal("a", await queue.TakeAsync(default));
        Assert.Equal("b", await queue.TakeAsync(default));
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public async Task A_key_added_while_a_worker_has_it_comes_again_after_done_and_not_before()
    {
        using var queue = Queue();
        queue.Add("a");
        await queue.TakeAsync(default);
        queue.Add("a");
        var next = queue.TakeAsync(default).AsTask();
        Assert.False(next.IsCompleted);
        queue.Done("a");
        Assert.Equal("a", await next);
    }

    [Fact]
    public async Task A_key_that_is_done_does_not_come_again_by_itself()
    {
        using var queue = Queue();
        queue.Add("a");
        await queue.TakeAsync(default);
        queue.Done("a");
        queue.Add("b");
        Assert.Equal("b", await queue.TakeAsync(default));
        Assert.Throws<InvalidOperationException>(() => queue.Done("a"));
    }

    [Fact]
    public async Task A_bound_shortens_the_back_off_and_never_lengthens_it()
    {
        using var queue = Queue();
        var bound = TimeSpan.FromSeconds(1);
        var waited = new List<double>();
        for (var failure = 0; failure < 20; failure++)
        {
            queue.AddRateLimited("a", bound);
            var expected = Math.Min(0.005 * Math.Pow(2, failure), 1);
            _time.Advance(TimeSpan.FromSeconds(expected) - TimeSpan.FromTicks(1));
            Assert.Equal(0, queue.Count);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal("a", await queue.TakeAsync(default));
            queue.Done("a");
            waited.Add(expected);
        }

        // Twenty failures without a bound are 87 minutes, the last pause alone 1000 s.
        Assert.True(waited.Sum() < 15);
    }

    [Fact]
    public async Task Failures_wait_5_ms_doubling_to_1000_s_and_start_over_when_forgotten()
    {
        using var queue = Queue();
        foreach (var expected in Enumerable.Range(0, 25).Select(n => Math.Min(0.005 * Math.Pow(2, n), 1000)))
        {
            queue.AddRateLimited("a");
            _time.Advance(TimeSpan.FromSeconds(expected) - TimeSpan.FromTicks(1));
            Assert.Equal(0, queue.Count);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal("a", await queue.TakeAsync(default));
            queue.Done("a");
        }

        Assert.Equal(25, queue.Failures("a"));
        queue.Forget("a");
        queue.AddRateLimited("a");
        _time.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Equal(1, queue.Count);
    }

    [Fact]
    public async Task Of_several_delays_of_a_key_the_earliest_counts_once()
    {
        using var queue = Queue();
        queue.AddAfter("a", TimeSpan.FromSeconds(30));
        queue.AddAfter("a", TimeSpan.FromSeconds(10));
        queue.AddAfter("a", TimeSpan.FromSeconds(20));
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal(0, queue.Count);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("a", await queue.TakeAsync(default));
        queue.Done("a");
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void A_delay_of_nothing_is_no_delay()
    {
        using var queue = Queue();
        queue.AddAfter("a", TimeSpan.Zero);
        queue.AddAfter("b", TimeSpan.FromSeconds(-1));
        Assert.Equal(2, queue.Count);
    }

    [Fact]
    public async Task A_closed_queue_gives_what_it_has_and_takes_no_more()
    {
        var queue = Queue();
        queue.Add("a");
        queue.AddAfter("late", TimeSpan.FromSeconds(1));
        queue.Close();
        queue.Add("b");
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("a", await queue.TakeAsync(default));
        await Assert.ThrowsAsync<ChannelClosedException>(async () => await queue.TakeAsync(default));
    }

    [Fact]
    public void Whatever_is_added_taken_and_done_in_whatever_order_no_key_is_lost_doubled_or_with_two_workers() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<byte[]>(),
            commands =>
            {
                using var queue = new WorkQueue<int>("p", new ManualTimeProvider());
                var pending = new List<int>();
                var working = new List<int>();
                foreach (var command in commands)
                {
                    var key = (command >> 2) % 4;
                    switch (command & 3)
                    {
                        case 0 or 1:
                            queue.Add(key);
                            if (!pending.Contains(key))
                            {
                                pending.Add(key);
                            }

                            break;
                        case 2 when pending.Except(working).Any():
                            var taken = queue.TakeAsync(default).AsTask().GetAwaiter().GetResult();
                            if (!pending.Remove(taken) || working.Contains(taken))
                            {
                                return false;
                            }

                            working.Add(taken);
                            break;
                        case 3 when working.Count > 0:
                            queue.Done(working[0]);
                            working.RemoveAt(0);
                            break;
                        default:
                            break;
                    }

                    if (queue.Count != pending.Count)
                    {
                        return false;
                    }
                }

                return true;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Many_adders_and_workers_at_once_lose_nothing_and_never_share_a_key()
    {
        using var queue = new WorkQueue<int>("c", TimeProvider.System);
        const int Keys = 20;
        var versions = new int[Keys];
        var seen = new int[Keys];
        var working = new ConcurrentDictionary<int, bool>();
        var shared = 0;
        using var stop = new CancellationTokenSource();
        var workers = Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    var key = await queue.TakeAsync(stop.Token);
                    if (!working.TryAdd(key, true))
                    {
                        Interlocked.Increment(ref shared);
                    }

                    // What a reconciler does: look at the present state, whatever was added meanwhile.
                    seen[key] = Volatile.Read(ref versions[key]);
                    await Task.Yield();
                    working.TryRemove(key, out var _);
                    queue.Done(key);
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
        })).ToList();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(adder => Task.Run(() =>
        {
            var random = new Random(adder);
            for (var i = 0; i < 5000; i++)
            {
                var key = random.Next(Keys);
                Interlocked.Increment(ref versions[key]);
                queue.Add(key);
            }
        })));
        await Eventually.SeeAsync("every key's last version", () => Task.FromResult(string.Join(' ', seen)), s => s == string.Join(' ', versions));
        await stop.CancelAsync();
        await Task.WhenAll(workers);
        Assert.Equal(0, shared);
    }

    private WorkQueue<string> Queue() => new("test", _time);
}
