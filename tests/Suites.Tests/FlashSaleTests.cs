using LoadTesting.Runner.Target;

namespace LoadTesting.Suites.Tests;

/// <summary>The flash sale: exactly 100 are sold, and the run fails when it is 101.</summary>
public sealed class FlashSaleTests
{
    private const string Example = "flash-sale/flash-sale.yaml";

    [Theory]
    [InlineData("1")]
    [InlineData("3")]
    [Trait("covers", "001-21 001-22 001-23 001-29 001-31 001-36 001-40")]
    public async Task A_hundred_are_sold_and_every_answer_is_counted_whatever_the_number_of_runners(string runners)
    {
        var run = await Suite.PassAsync(Example, Scalings.FlashSale, TargetBehaviour.Documented, "--profile", "native", "--runners", runners);
        Assert.Equal(100, run.Counted("shop.sold"));
        Assert.Equal(1, run.Counted("shop.opened"));
        Assert.Equal(100, run.Metric("orders_accepted", "count"));
        // Answers that the ramp down cut off were given but not received.
        var cut = run.Counted("shop.sold_out") + run.Counted("shop.waiting") - run.Metric("orders_rejected", "count") - run.Metric("rate_limited", "count");
        Assert.InRange(cut, 0, run.Metric("interrupted_iterations", "count"));
        Assert.InRange(run.Metric("rate_limited", "count") / run.Metric("http_reqs", "count"), 0.05, 0.2);
        Assert.Equal(run.Metric("iterations", "count") + 2, run.Metric("http_reqs", "count"));
        Assert.True(run.Metric("data_sent", "count") > 100 * run.Metric("http_reqs", "count"), "each order sends a key and two names");
    }

    [Theory]
    [InlineData("stress", 0.015)]
    [InlineData("spike", 0.15)]
    [InlineData("soak", 0.0025)]
    public async Task A_hundred_are_sold_under_every_other_load_too(string profile, double time)
    {
        var run = await Suite.PassAsync(Example, Scalings.FlashSale with { Time = time, Load = 0.2 }, TargetBehaviour.Documented, "--profile", profile);
        Assert.Equal(100, run.Counted("shop.sold"));
        Assert.Equal(100, run.Metric("orders_accepted", "count"));
    }

    [Fact]
    [Trait("covers", "001-28")]
    public async Task The_plan_says_how_long_the_sale_lasts_and_how_many_buyers_there_are()
    {
        var plan = await Suite.CommandAsync(["plan", Path.Combine(Suite.Folder, Example)]);
        // Nobody finishes an order after the ramp down, and nobody is left: no grace beyond the 25 s.
        Assert.Contains("at most 100 VUs, at most 25s", plan.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_too_many_sold_fails_the_run_by_the_shops_books_and_by_the_counter()
    {
        var run = (await Suite.RunAsync(Example, Scalings.FlashSale, new TargetBehaviour { Misbehaviour = Misbehaviour.Oversell })).Failed("orders_accepted count==100");
        Assert.Equal(101, run.Counted("shop.sold"));
        Assert.Equal(101, run.Metric("orders_accepted", "count"));
        Assert.Contains("sold exactly what there was", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shop_that_is_twice_as_slow_fails_the_latency_limits_and_nothing_else()
    {
        var run = (await Suite.RunAsync(Example, Scalings.FlashSale, new TargetBehaviour { Misbehaviour = Misbehaviour.Slow }, "--profile", "native")).Failed("order_latency med<300");
        Assert.DoesNotContain(run.Broken, b => !b.StartsWith("order_latency", StringComparison.Ordinal));
        Assert.Equal(100, run.Counted("shop.sold"));
    }
}
