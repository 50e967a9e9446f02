using System.Diagnostics;

namespace LoadTesting.Expressions.Tests;

/// <summary>No expression runs or allocates without bound.</summary>
public class LimitTests
{
    // Generous for a slow machine; without the limits these would take from minutes to for ever, or all memory.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("range(1000).all(a, range(1000).all(b, range(1000).all(c, true)))")]
    [InlineData("range(1000000000)")]
    [InlineData("range(100000).map(x, range(100000))")]
    [InlineData("randomString(100000000)")]
    [InlineData("range(3000).map(x, randomString(100000)).size()")]
    [InlineData("cel.bind(a, randomString(1000000), cel.bind(b, a + a, cel.bind(c, b + b, cel.bind(d, c + c, d + d))))")]
    [InlineData("'x'.replace('', randomString(3000000)).replace('a', randomString(3000000))")]
    [InlineData("[1, 2, 3].map(x, [1, 2, 3].map(y, range(100000).map(z, z))).size()")]
    [InlineData("range(5000).map(x, ('a' + randomText(100000)).matches('(a|b)*c')).size()")]
    [InlineData("'%s %s'.format([randomText(3000000), randomText(3000000)])")]
    [InlineData("randomBytes(4000000) + randomBytes(4000000)")]
    [InlineData("range(200000).map(x, [x]).distinct().size()")]
    [InlineData("range(900).transformMap(i, v, range(i, i + 900)).size() + range(900).transformMap(i, v, range(i, i + 900)).size()")]
    [InlineData("json.encode(range(1000).map(x, randomString(1000) + randomString(4000)))")]
    public void Work_without_bound_ends_in_an_error(string source)
    {
        var program = CelCompiler.Compile(source, Cel.Environment).Program!;
        var started = Stopwatch.GetTimestamp();
        var before = GC.GetAllocatedBytesForCurrentThread();

        var value = program.Evaluate(new(Cel.Environment, new SeededHost(1)));

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(value.IsError && value.AsError.Code == CelErrorCode.LimitExceeded, $"ended in a {value.Kind}, expected the limit's error");
        Assert.True(Stopwatch.GetElapsedTime(started) < Deadline, $"took {Stopwatch.GetElapsedTime(started)}, expected below {Deadline}");
        Assert.True(allocated < 512L << 20, $"allocated {allocated >> 20} MiB, expected below 512");
    }

    [Theory]
    [InlineData("range(1000000000) == [] || true")]
    [InlineData("true || range(100000).all(x, range(100000).all(y, true))", true)]
    [InlineData("default(range(1000000000), [])")]
    [InlineData("[range(1000000000)].exists(x, true) || true")]
    public void A_limit_is_not_absorbed_but_what_is_not_evaluated_costs_nothing(string source, bool isFine = false)
    {
        var environment = Cel.Environment;
        var value = CelCompiler.Compile(source, environment).Program!.Evaluate(new(environment, new SeededHost(1)));

        Assert.Equal(isFine, !value.IsError);
        Assert.True(isFine || value.AsError.Code == CelErrorCode.LimitExceeded);
    }

    [Fact]
    public void Shared_parts_do_not_hide_the_size_of_a_value()
    {
        // 2^40 elements in forty small lists: anything that walks over it would never end.
        var source = Enumerable.Range(0, 40).Aggregate("x", (inner, i) => $"cel.bind(x, [x, x], {inner})");
        foreach (var use in new[] { $"{source} == {source}", $"json.encode({source})", $"'%s'.format([{source}])", $"[{source}].distinct()" })
        {
            var value = Cel.Run(use, ("x", CelValue.Of(1L)));

            Assert.Equal(CelErrorCode.LimitExceeded, value.AsError.Code);
        }
    }

    [Fact]
    public void Deep_nesting_is_refused_and_not_a_stack_overflow()
    {
        const int Many = 20_000;
        string[] sources =
        [
            new string('(', Many) + "1" + new string(')', Many),
            new string('[', Many) + new string(']', Many),
            string.Concat(Enumerable.Repeat("{1:", Many / 2)) + "1" + new string('}', Many / 2),
            new string('-', Many) + "x",
            new string('!', Many) + "true",
            string.Concat(Enumerable.Repeat("true ? 1 : ", 5000)) + "2",
            string.Concat(Enumerable.Repeat("1 + ", Many / 2)) + "1",
            "x" + string.Concat(Enumerable.Repeat(".a", Many)),
            "x" + string.Concat(Enumerable.Repeat("[0]", Many)),
            string.Concat(Enumerable.Repeat("dyn(", Many / 2)) + "1" + new string(')', Many / 2),
            "[1]" + string.Concat(Enumerable.Repeat(".map(x, x)", 5000)),
        ];
        foreach (var source in sources)
        {
            var issue = Assert.Single(CelCompiler.Compile(source, Cel.Environment).Issues);

            Assert.Contains("nested more than 250 levels deep", issue.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("dyn([", "1", "])", 120)]
    [InlineData("(1 + (", "1", "))", 120)]
    [InlineData("-(-(", "1", "))", 60)]
    [InlineData("[1].map(x, ", "x", ")", 120)]
    [InlineData("cel.bind(x, 1, ", "x", ")", 240)]
    [InlineData("(true ? 1 : ", "2", ")", 120)]
    [InlineData("{'k': ", "2", "}", 240)]
    [InlineData("default(string(", "2", "), 'a')", 120)]
    public void The_deepest_nesting_that_is_allowed_evaluates_on_a_small_stack(string opening, string core, string closing, int times)
    {
        var source = string.Concat(Enumerable.Repeat(opening, times)) + core + string.Concat(Enumerable.Repeat(closing, times));
        var outcome = "nothing";
        var thread = new Thread(
            () =>
            {
                var compilation = CelCompiler.Compile(source, Cel.Environment);
                var value = compilation.Program?.Evaluate(new(Cel.Environment, new SeededHost(1)));
                outcome = value is null ? compilation.Issues[0].Message : value.Value.IsError ? value.Value.AsError.Message : "a value";
            },
            maxStackSize: 1 << 20);

        thread.Start();
        thread.Join();

        Assert.Equal("a value", outcome);
    }

    [Fact]
    public void Long_conditions_are_not_deep()
    {
        Assert.Equal(CelValue.True, Cel.Run(string.Join(" && ", Enumerable.Repeat("1 < 2", 3000))));
        Assert.Equal(CelValue.False, Cel.Run(string.Join(" || ", Enumerable.Repeat("1 > 2", 3000))));
    }

    [Fact]
    public void Too_long_a_source_is_refused()
    {
        Assert.Contains("the limit is 65536", Assert.Single(Cel.Issues("'" + new string('a', 70_000) + "'")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compiling_constants_is_bounded_too()
    {
        var started = Stopwatch.GetTimestamp();
        var source = string.Join(" + ", Enumerable.Repeat("size(range(900000))", 200));

        var compilation = CelCompiler.Compile(source, Cel.Environment);

        Assert.NotNull(compilation.Program);
        Assert.True(Stopwatch.GetElapsedTime(started) < Deadline);
        Assert.Equal(CelErrorCode.LimitExceeded, compilation.Program.Evaluate(new(Cel.Environment, new SeededHost(1))).AsError.Code);
    }
}
