using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Model.Reporting;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Tests.Reporting;

public sealed class HumanFormatTests
{
    [Theory]
    [InlineData(0, "0s")]
    [InlineData(0.000001, "1ns")]
    [InlineData(0.000999, "999ns")]
    [InlineData(0.001, "1µs")]
    [InlineData(0.0419, "41.9µs")]
    [InlineData(0.123456, "123.45µs")]
    [InlineData(0.999999, "999.99µs")]
    [InlineData(1, "1ms")]
    [InlineData(6.2, "6.2ms")]
    [InlineData(2.8999, "2.89ms")]
    [InlineData(999.999, "999.99ms")]
    [InlineData(1000, "1s")]
    [InlineData(1055, "1.05s")]
    [InlineData(59_999, "59.99s")]
    [InlineData(60_000, "1m0s")]
    [InlineData(90_900, "1m30s")]
    [InlineData(3_661_000, "1h1m1s")]
    [InlineData(-1.5, "-1.5ms")]
    public void A_time_stands_in_the_largest_unit_it_fills_cut_to_two_decimals(double milliseconds, string text)
    {
        Assert.Equal(text, HumanFormat.Time(milliseconds));
        Assert.Equal(text, HumanFormat.Seconds(new Duration((long)Math.Round(milliseconds * 1e6))));
    }

    [Theory]
    [InlineData(0, "0%", "0.00%")]
    [InlineData(0.00001, "<0.01%", "0.00%")]
    [InlineData(0.29, "29%", "29.00%")]
    [InlineData(0.972, "97.2%", "97.20%")]
    [InlineData(0.98999, "98.99%", "98.99%")]
    [InlineData(0.999999, "99.99%", "99.99%")]
    [InlineData(1, "100%", "100.00%")]
    public void A_percentage_is_cut_and_never_reads_100_before_it_is(double fraction, string plain, string rate)
    {
        Assert.Equal(plain, HumanFormat.Percent(fraction));
        Assert.Equal(rate, HumanFormat.RatePercent(fraction));
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(7, "7 B")]
    [InlineData(880, "880 B")]
    [InlineData(999.6, "1 kB")]
    [InlineData(1000, "1 kB")]
    [InlineData(8_849, "8.8 kB")]
    [InlineData(9_960, "10 kB")]
    [InlineData(12_400, "12 kB")]
    [InlineData(999_600, "1 MB")]
    [InlineData(1_500_000, "1.5 MB")]
    [InlineData(3e9, "3 GB")]
    [InlineData(2.5e20, "250 EB")]
    [InlineData(-1500, "-1.5 kB")]
    public void Bytes_go_in_thousands_with_one_decimal_under_ten(double bytes, string text) => Assert.Equal(text, HumanFormat.Bytes(bytes));

    [Theory]
    [InlineData(20, "20")]
    [InlineData(1.98, "1.98")]
    [InlineData(49.9876543, "49.987654")]
    [InlineData(0.0000001, "0")]
    [InlineData(-3.5, "-3.5")]
    public void Other_numbers_have_at_most_six_decimals(double value, string text) => Assert.Equal(text, HumanFormat.Number(value));

    [Theory]
    [InlineData(0, "0/s")]
    [InlineData(1.984, "1.98/s")]
    [InlineData(6289.44, "6289.4/s")]
    public void A_rate_says_per_second(double value, string text) => Assert.Equal(text, HumanFormat.PerSecond(value));

    [Theory]
    [InlineData(6.2, 20, false, "6.2", "20")]
    [InlineData(612.3456, 500, false, "612.3", "500")]
    [InlineData(1234.56, 1000, false, "1235", "1000")]
    [InlineData(0.0123456, 0.01, false, "0.01235", "0.01")]
    [InlineData(500.0004, 500, false, "500.0004", "500")]
    [InlineData(500, 500, false, "500", "500")]
    [InlineData(0, 1, false, "0", "1")]
    [InlineData(99, 100, false, "99", "100")]
    [InlineData(123456, 123457, false, "123456", "123457")]
    [InlineData(0.30000000000000004, 0.3, false, "0.30000000000000004", "0.3")]
    [InlineData(38.7869, 50, true, "38.78", "50")] // as the summary has it: 38.78ms
    [InlineData(1234.567, 1000, true, "1234.56", "1000")]
    [InlineData(0.0123456, 0.01, true, "0.01234", "0.01")]
    [InlineData(500.0004, 500, true, "500.0004", "500")]
    [InlineData(499.9999, 500, true, "499.99", "500")]
    [InlineData(99.996, 100, true, "99.99", "100")]
    public void Observed_and_wanted_read_alike_only_when_they_are(double observed, double wanted, bool cuts, string a, string b) =>
        Assert.Equal((a, b), HumanFormat.Pair(observed, wanted, cuts));

    [Fact]
    public void A_measured_time_reads_the_same_in_every_place() => Prop.ForAll(Gen.Choose(1_000_001, 59_999_999).ToArbitrary(), nanoseconds =>
    {
        var milliseconds = nanoseconds / 1e6;
        return HumanFormat.Pair(milliseconds, 1e6, cuts: true).Observed + "ms" == HumanFormat.Time(milliseconds)
            && HumanFormat.Pair(1e6, milliseconds, cuts: true, isMeasured: true).Wanted + "ms" == HumanFormat.Time(milliseconds)
            && HumanFormat.Pair(milliseconds, 1e6, cuts: true).Observed + "%" == HumanFormat.Percent(milliseconds / 100);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_was_never_answered_has_no_number() =>
        Assert.Equal(("no answer", "∞", "∞"), (HumanFormat.Time(double.PositiveInfinity), HumanFormat.Number(double.PositiveInfinity), HumanFormat.Bytes(double.PositiveInfinity)));

    [Fact]
    public void No_two_different_numbers_read_alike_and_no_number_crashes()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<NormalFloat>(), ArbMap.Default.ArbFor<NormalFloat>(), (a, b) =>
        {
            var (x, y) = HumanFormat.Pair(a.Get, b.Get, cuts: a.Get > 0);
            return (x == y) == (a.Get == b.Get) && HumanFormat.Time(a.Get).Length > 0 && HumanFormat.Bytes(a.Get).Length > 0
                && HumanFormat.Number(a.Get).Length > 0 && HumanFormat.Percent(a.Get).Length > 0;
        }).QuickCheckThrowOnFailure();
    }
}
