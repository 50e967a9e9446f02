namespace LoadTesting.Expressions.Tests;

/// <summary>How variables get their values.</summary>
public class ActivationTests
{
    private static readonly CelEnvironment Environment = Cel.Environment.WithVariable("cheap", CelType.Int).WithVariable("dear", CelType.Int);

    [Fact]
    public void A_variable_is_resolved_only_when_read_and_only_once()
    {
        var activation = new Counting();
        activation.Set("cheap", CelValue.Of(1L));

        Assert.Equal(CelValue.True, Evaluate("cheap == 1 || dear == 5", activation));
        Assert.Equal(0, activation.Resolved);
        Assert.Equal(CelValue.Of(15L), Evaluate("dear + dear + dear", activation));
        Assert.Equal(1, activation.Resolved);

        activation.Clear(Environment.SlotOf("dear"));
        Assert.Equal(CelValue.Of(5L), Evaluate("dear", activation));
        Assert.Equal(2, activation.Resolved);
    }

    [Fact]
    public void A_variable_without_a_value_is_an_error_value()
    {
        var value = Evaluate("cheap + 1", new CelActivation(Environment, new SeededHost(1)));

        Assert.Equal(new CelError(CelErrorCode.UnknownVariable, "'cheap' has no value here"), value.AsError);
    }

    [Fact]
    public void A_program_of_the_smaller_environment_runs_with_an_activation_of_the_larger()
    {
        var program = CelCompiler.Compile("cheap", Environment).Program!;
        var larger = Environment.WithVariable("more", CelType.Int);
        var activation = new CelActivation(larger, new SeededHost(1));
        activation.Set("cheap", CelValue.Of(9L));

        Assert.Equal(CelValue.Of(9L), program.Evaluate(activation));
    }

    [Fact]
    public void One_program_serves_many_threads_each_with_its_own_activation()
    {
        var program = CelCompiler.Compile("range(100).map(i, i + cheap).sum() + [cheap].map(x, x * 2)[0]", Environment).Program!;

        var results = ParallelEnumerable.Range(0, 2000).Select(i =>
        {
            var activation = new CelActivation(Environment, new SeededHost(1));
            activation.Set("cheap", CelValue.Of((long)i));
            return (Index: i, Value: program.Evaluate(activation));
        });

        Assert.All(results.ToList(), r => Assert.Equal(CelValue.Of(4950L + (102L * r.Index)), r.Value));
    }

    private static CelValue Evaluate(string source, CelActivation activation) => CelCompiler.Compile(source, Environment).Program!.Evaluate(activation);

    private sealed class Counting() : CelActivation(Environment, new SeededHost(1))
    {
        public int Resolved { get; private set; }

        protected override bool TryResolve(int slot, out CelValue value)
        {
            Resolved++;
            value = CelValue.Of(5L);
            return true;
        }
    }
}
