using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Tests.Validation;

/// <summary>Names that a manifest declares are the only ones that its expressions may read.</summary>
public sealed class DeclaredNameTests
{
    [Theory]
    [InlineData("env.KEY", null)]
    [InlineData("env['KEY']", null)]
    [InlineData("env.OVERLAY", null)]
    [InlineData("default(env.GONE, 'x')", null)]
    [InlineData("has(env.GONE) ? env.GONE : 'x'", null)]
    [InlineData("data.users.anything.at[0].all", null)]
    [InlineData("env.KEYS", "there is no environment variable 'KEYS': declare it in spec.env, or pass -e KEYS=…")]
    [InlineData("env['GONE']", "there is no environment variable 'GONE': declare it in spec.env, or pass -e GONE=…")]
    [InlineData("default(vars.x, '') + env.GONE", "there is no environment variable 'GONE': declare it in spec.env, or pass -e GONE=…")]
    [InlineData("data.user.id", "there is no feeder 'user': declare it in spec.data")]
    public void Names(string expression, string? message)
    {
        var spec = new LoadTestSpec
        {
            Env = [new EnvVarSpec { Name = "KEY", Value = "v" }],
            Data = [new FeederSpec { Name = "users", Rows = [new SpecScalar("1", ScalarKind.Integer, default)] }],
            Flows = new([new("f", [new RequestStep { Url = "http://a.example/", Headers = new([new("X", $"a ${{{expression}}}")]) }, new SetStep { Values = new([new("v", expression)]) }])]),
            Scenarios = new([new("s", new PerVuIterationsScenario { Env = new([new("OVERLAY", "o")]) })]),
        };
        var problems = SpecValidator.Validate(new LoadTestManifest { Name = "t", Spec = spec }).Problems;
        Assert.Equal(message is null ? [] : [message, message], problems.Select(p => p.Message));
    }
}
