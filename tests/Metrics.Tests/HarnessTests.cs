using LoadTesting.TestKit;

namespace LoadTesting.Metrics.Tests;

/// <summary>The harness itself: it finds what it is there for, and names the input.</summary>
public class HarnessTests
{
    [Fact]
    public void An_exception_that_was_not_declared_is_found_and_can_be_made_again()
    {
        var found = Assert.Throws<FuzzFinding>(() => Fuzz.Bytes("bad", [[1, 2, 3, 4]], bytes => Assert.True(bytes.Length < 4 || bytes[0] == 1), new FuzzBounds()));
        Assert.Contains("LOADTEST_FUZZ_SEED=", found.Message, StringComparison.Ordinal);
        Assert.Equal(FuzzMutations.Bytes(new Random(7), [[1, 2, 3]], 100), FuzzMutations.Bytes(new Random(7), [[1, 2, 3]], 100));
    }

    [Fact]
    public void Declared_exceptions_are_no_findings() => Fuzz.Text(
        "declared", ["abc"], ["(", ")"], text => throw new FormatException(text), new FuzzBounds { Declared = [typeof(FormatException)], Cases = 50 });

    [Fact]
    public void Memory_that_a_number_claims_is_found() => Assert.Throws<FuzzFinding>(() => Fuzz.Bytes(
        "claims", [[0, 0, 0, 1]], bytes => GC.KeepAlive(new byte[bytes.Length < 4 ? 0 : (bytes[0] << 20) | 1]), new FuzzBounds()));

    [Fact]
    public void Endless_work_is_named() => Assert.Throws<FuzzFinding>(() => Fuzz.Bytes(
        "endless", [[1]], bytes => Thread.Sleep(bytes.Length == 1 ? 0 : Timeout.Infinite), new FuzzBounds { Watchdog = TimeSpan.FromSeconds(1) }));
}
