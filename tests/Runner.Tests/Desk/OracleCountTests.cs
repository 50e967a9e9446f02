namespace LoadTesting.Runner.Tests.Desk;

/// <summary>The oracles of <see cref="OracleTests"/> whose fault is known by verdict and counts, however busy the machine is: they run beside other tests.</summary>
public sealed class OracleCountTests
{
    public static TheoryData<string, string, int> Cases() => OracleTests.Short(isTimed: false);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task The_verdict_is_what_the_target_deserves(string oracle, string model, int runners) => OracleTests.DeservesAsync(oracle, model, runners);
}
