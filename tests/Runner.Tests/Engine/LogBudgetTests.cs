using LoadTesting.Runner.Engine;

namespace LoadTesting.Runner.Tests.Engine;

public sealed class LogBudgetTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void Each_different_text_of_a_step_is_said_once()
    {
        var budget = new LogBudget(10, 1000);
        Assert.True(budget.TrySay(1, "a", 0, out _));
        Assert.False(budget.TrySay(1, "a", Second, out _));
        Assert.True(budget.TrySay(1, "b", Second, out _));
        Assert.True(budget.TrySay(2, "a", Second, out _));
        Assert.Equal(0, budget.TakeLeftOut());
    }

    [Fact]
    public void What_a_second_has_no_room_for_is_counted_and_told_with_the_next_line()
    {
        var budget = new LogBudget(2, 1000);
        var said = Enumerable.Range(0, 5).Count(i => budget.TrySay(1, $"{i}", Second + i, out _));
        Assert.Equal(2, said);
        Assert.True(budget.TrySay(1, "later", 2 * Second, out var leftOut));
        Assert.Equal(3, leftOut);
        Assert.True(budget.TrySay(1, "later still", 2 * Second, out leftOut));
        Assert.Equal(0, leftOut);
    }

    [Fact]
    public void What_was_left_out_last_is_told_at_the_end_and_once()
    {
        var budget = new LogBudget(1, 1000);
        for (var i = 0; i < 4; i++) budget.TrySay(1, $"{i}", 0, out _);
        Assert.Equal(3, budget.TakeLeftOut());
        Assert.Equal(0, budget.TakeLeftOut());
    }

    [Fact]
    public void A_text_that_was_left_out_may_be_said_later()
    {
        var budget = new LogBudget(1, 1000);
        Assert.True(budget.TrySay(1, "first", 0, out _));
        Assert.False(budget.TrySay(1, "second", 0, out _));
        Assert.True(budget.TrySay(1, "second", Second, out var leftOut));
        Assert.Equal(1, leftOut);
    }

    [Fact]
    public void Memory_is_bounded_and_texts_are_said_beyond_it()
    {
        var budget = new LogBudget(1, 3);
        for (var i = 0; i < 100; i++) Assert.True(budget.TrySay(1, $"{i}", i * Second, out _));
    }
}
