using System.Text.Json;
using LoadTesting.TestKit;
using Xunit.Abstractions;

namespace LoadTesting.Expressions.Tests;

/// <summary>The official cases of the CEL specification: every expression has the value, or fails, as they say.</summary>
public class ConformanceTests(ITestOutputHelper output)
{
    [SkippableTheory]
    [InlineData("basic", 30)]
    [InlineData("bindings_ext", 6)]
    [InlineData("comparisons", 233)]
    [InlineData("conversions", 71)]
    [InlineData("encoders_ext", 4)]
    [InlineData("fields", 42)]
    [InlineData("fp_math", 19)]
    [InlineData("integer_math", 45)]
    [InlineData("lists", 24)]
    [InlineData("logic", 20)]
    [InlineData("macros", 36)]
    [InlineData("macros2", 36)]
    [InlineData("math_ext", 139)]
    [InlineData("namespace", 10)]
    [InlineData("parse", 133)]
    [InlineData("plumbing", 3)]
    [InlineData("string", 36)]
    [InlineData("string_ext", 138)]
    [InlineData("timestamps", 50)]
    [InlineData("type_deduction", 8)]
    public void Every_official_case_has_its_official_result(string file, int count)
    {
        var cases = Conformance.Cases($"cel/{file}.json");
        var failures = cases.Select((element, i) => (Index: i, Failure: Check(element))).Where(c => c.Failure is not null).ToList();
        foreach (var (index, failure) in failures)
        {
            output.WriteLine($"{file}[{index}] {cases[index].GetProperty("expr").GetString()}: {failure}");
        }

        Assert.Equal(count, cases.Count);
        Assert.Empty(failures);
    }

    private static string? Check(JsonElement test)
    {
        var bindings = test.GetProperty("bindings").EnumerateObject().Select(b => (b.Name, Value: ConformanceValues.Value(b.Value))).ToList();
        var environment = bindings.Aggregate(CelEnvironment.Standard, (e, b) => e.WithVariable(b.Name, CelType.Dyn));
        if (test.TryGetProperty("typeEnv", out var declarations))
        {
            environment = declarations.EnumerateArray().Aggregate(
                environment,
                (e, d) => e.WithVariable(d.GetProperty("name").GetString()!, ConformanceValues.Type(d.GetProperty("type"))));
        }

        if (test.TryGetProperty("container", out var container))
        {
            environment = environment.WithContainer(container.GetString()!);
        }

        var source = test.GetProperty("expr").GetString()!;
        var isUnchecked = test.TryGetProperty("disable_check", out _);
        var compilation = isUnchecked ? CelCompiler.CompileUnchecked(source, environment) : CelCompiler.Compile(source, environment);
        var result = test.GetProperty("result");
        var wantsError = result.GetProperty("kind").GetString() == "error";
        if (compilation.Program is null)
        {
            return $"does not compile: {string.Join("; ", compilation.Issues)}";
        }

        var activation = new CelActivation(environment, new SeededHost(1));
        foreach (var (name, value) in bindings)
        {
            activation.Set(name, value);
        }

        var actual = compilation.Program.Evaluate(activation);
        if (wantsError)
        {
            return actual.IsError ? null : $"is {actual}, expected to fail ({result.GetProperty("message").GetString()})";
        }

        var expected = ConformanceValues.Value(result.GetProperty("value"));
        return actual.Equals(expected) ? null : $"is {actual}, expected {expected}";
    }
}
