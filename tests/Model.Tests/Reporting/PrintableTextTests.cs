using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Model.Reporting;

namespace LoadTesting.Model.Tests.Reporting;

public sealed class PrintableTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain ✓ 漢字 é 👍", "plain ✓ 漢字 é 👍")]
    [InlineData("\u001b[31mred\u001b[0m", @"\u001b[31mred\u001b[0m")]
    [InlineData("\u001b]0;title\u0007", @"\u001b]0;title\u0007")]
    [InlineData("\u009b31m", @"\u009b31m")]
    [InlineData("\u0085\u007f\0", @"\u0085\u007f\u0000")]
    [InlineData("one\ntwo\r\nthree\ttabbed", @"one\ntwo\r\nthree tabbed")]
    [InlineData("a\u2028b\u2029c", @"a\u2028b\u2029c")]
    [InlineData("abc\u202etxt.exe\u2066", @"abc\u202etxt.exe\u2066")]
    [InlineData("\u200f\u200e\u061c", @"\u200f\u200e\u061c")]
    [InlineData("ad\u200bmin\ufeff\u2060\u00ad", @"ad\u200bmin\ufeff\u2060\u00ad")]
    [InlineData("a\udb40\udc41b", @"a\udb40\udc41b")]
    [InlineData("👩\u200d👩 می\u200cخواهم", "👩\u200d👩 می\u200cخواهم")]
    [InlineData("\u001b]8;;http://evil/\u001b\\click\u001b]8;;\u001b\\", @"\u001b]8;;http://evil/\u001b\click\u001b]8;;\u001b\")]
    public void Outside_text_becomes_one_line_without_controls(string text, string shown) => Assert.Equal(shown, PrintableText.OneLine(text));

    [Fact]
    public void Halves_of_characters_are_shown_as_numbers() =>
        Assert.Equal(@"\ud83d-\udc4d", PrintableText.OneLine("\ud83d-\udc4d"));

    [Fact]
    public void Lines_keep_line_feeds_and_tabs_alone() =>
        Assert.Equal("a\n\tb\\r\\u001b[2J\n", PrintableText.Lines("a\n\tb\r\u001b[2J\n"));

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdefg", 6, "abcdef…")]
    [InlineData("abcde👍", 6, "abcde…")]
    public void A_long_text_is_cut_between_characters(string text, int longest, string shown) => Assert.Equal(shown, PrintableText.OneLine(text, longest));

    [Fact]
    public void No_text_keeps_a_control_and_nothing_changes_the_second_time() => Prop.ForAll(ArbMap.Default.ArbFor<char[]>(), characters =>
    {
        var shown = PrintableText.OneLine(new string(characters));
        return !shown.Any(char.IsControl) && PrintableText.OneLine(shown) == shown && PrintableText.Lines(shown) == shown;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdefg", 6, "abcde…")]
    [InlineData("abcd👍g", 6, "abcd…")]
    [InlineData("abc\u001bdefgh", 6, "abc\\u…")]
    public void A_bounded_text_is_never_longer_than_its_bound(string text, int longest, string shown) => Assert.Equal(shown, PrintableText.Bounded(text, longest));

    [Fact]
    public void A_bounded_text_does_not_change_the_second_time() => Prop.ForAll(ArbMap.Default.ArbFor<char[]>(), ArbMap.Default.ArbFor<byte>(), (characters, bound) =>
    {
        var longest = 2 + (bound % 16);
        var shown = PrintableText.Bounded(new string(characters), longest);
        return shown.Length <= longest && PrintableText.Bounded(shown, longest) == shown && PrintableText.OneLine(shown) == shown;
    }).QuickCheckThrowOnFailure();
}
