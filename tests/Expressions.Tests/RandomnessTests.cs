namespace LoadTesting.Expressions.Tests;

/// <summary>Chance has the stated distributions, and a seed repeats it.</summary>
public class RandomnessTests
{
    // Each bound is at least six standard deviations away: the seeds are fixed, so a pass stays a pass.
    private const int Draws = 20_000;

    [Fact]
    public void A_seed_repeats_every_draw()
    {
        const string Source = "[uuid(), randomInt(0, 1000000), randomFloat(), randomString(9), randomText(40), pick(range(1000)), weighted({'a': 1, 'b': 2}), randomNormal(0, 1)]";

        Assert.Equal(Cel.Run(Source, Cel.Environment, new SeededHost(5)), Cel.Run(Source, Cel.Environment, new SeededHost(5)));
        Assert.NotEqual(Cel.Run(Source, Cel.Environment, new SeededHost(5)), Cel.Run(Source, Cel.Environment, new SeededHost(6)));
    }

    [Fact]
    public void Integers_are_uniform_with_both_ends()
    {
        var counts = Count("randomInt(-1, 4)");

        Assert.Equal(["-1", "0", "1", "2", "3", "4"], counts.Keys.Order(StringComparer.Ordinal));
        Assert.All(counts.Values, count => Assert.InRange(count, (Draws / 6) - 320, (Draws / 6) + 320));
    }

    [Fact]
    public void Weights_are_shares()
    {
        var counts = Count("weighted({'a': 70, 'b': 20.0, 'c': 10, 'never': 0})");

        Assert.False(counts.ContainsKey("never"));
        Assert.InRange(counts["a"], 13_600, 14_400);
        Assert.InRange(counts["b"], 3_650, 4_350);
        Assert.InRange(counts["c"], 1_740, 2_260);
    }

    [Fact]
    public void Picks_are_uniform()
    {
        Assert.All(Count("pick(['x', 'y', 'z', 'w'])").Values, count => Assert.InRange(count, 4_620, 5_380));
    }

    [Fact]
    public void Floats_and_normal_deviates_have_their_moments()
    {
        var uniform = Sample("randomFloat(10, 20)");
        var normal = Sample("randomNormal(100, 15)");

        Assert.InRange(uniform.Average(), 14.87, 15.13);
        Assert.All(uniform, x => Assert.InRange(x, 10, 20));
        Assert.InRange(normal.Average(), 99.3, 100.7);
        Assert.InRange(Math.Sqrt(normal.Average(x => Math.Pow(x - normal.Average(), 2))), 14.5, 15.5);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(4, 4)]
    [InlineData(6, 6)]
    public void A_text_has_the_entropy_asked_for(double bits, double expected)
    {
        var text = Cel.Run(FormattableString.Invariant($"randomText(60000, {bits})")).AsString;
        var entropy = -text.GroupBy(c => c).Select(g => (double)g.Count() / text.Length).Sum(p => p * Math.Log2(p));

        Assert.InRange(entropy, expected - 0.01, expected + 0.01);
    }

    private static Dictionary<string, int> Count(string source)
    {
        var program = CelCompiler.Compile(source, Cel.Environment).Program!;
        var activation = new CelActivation(Cel.Environment, new SeededHost(11));
        return Enumerable.Range(0, Draws).Select(_ => program.Evaluate(activation)).GroupBy(v => v.Kind == CelKind.String ? v.AsString : v.ToString()).ToDictionary(g => g.Key, g => g.Count());
    }

    private static List<double> Sample(string source)
    {
        var program = CelCompiler.Compile(source, Cel.Environment).Program!;
        var activation = new CelActivation(Cel.Environment, new SeededHost(12));
        return [.. Enumerable.Range(0, Draws).Select(_ => program.Evaluate(activation).AsDouble)];
    }
}
