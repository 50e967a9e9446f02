using System.Text;
using LoadTesting.Operator.Reconciling;

namespace LoadTesting.Operator.Tests.Reconciling;

/// <summary>Texts of a status are bounded, whatever is said.</summary>
public class StatusTextTests
{
    [Theory]
    [InlineData("x", 1)]
    [InlineData("x", 100_000)]
    [InlineData("ü€", 50_000)]
    [InlineData("😀", 50_000)]
    [InlineData("\ud83d", 50_000)]
    [InlineData("a\0\n", 86)]
    public void No_text_is_longer_than_its_bound_in_utf8(string piece, int times)
    {
        var text = string.Concat(Enumerable.Repeat(piece, times));
        foreach (var most in (int[])[StatusText.Short, StatusText.Item, StatusText.Message])
        {
            var cut = StatusText.Cut(text, most)!;
            Assert.True(Encoding.UTF8.GetByteCount(cut) <= most, $"{Encoding.UTF8.GetByteCount(cut)} bytes");
            Assert.Equal(Encoding.UTF8.GetByteCount(text) <= most, cut == text);
            Assert.True(cut == text || cut.EndsWith($"… (cut: {text.Length} characters)", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Nothing_stays_nothing() => Assert.Null(StatusText.Cut(null, StatusText.Short));
}
