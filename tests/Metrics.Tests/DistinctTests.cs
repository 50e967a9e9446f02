using System.Globalization;
using LoadTesting.Metrics.Exposition;

namespace LoadTesting.Metrics.Tests;

/// <summary>How many different values: exact while few, within the stated error beyond, the same whoever merges whatever with whom.</summary>
public sealed class DistinctTests
{
    private static readonly MetricDefinition Streams = new("streams", MetricType.Distinct);

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(2048)]
    public void Few_values_are_counted_exactly_however_often_they_come(int values)
    {
        var value = Of(Enumerable.Range(0, 3 * values).Select(i => i % values));
        Assert.Equal((values, true, 0.0), (value.Count, value.IsExact, value.StandardError));
    }

    [Theory]
    [InlineData(2049)]
    [InlineData(5000)]
    [InlineData(12_000)]
    [InlineData(20_000)]
    [InlineData(60_000)]
    [InlineData(1_000_000)]
    public void Many_values_are_counted_within_four_standard_errors(int values)
    {
        var value = Of(Enumerable.Range(0, values));
        Assert.False(value.IsExact);
        Assert.InRange(value.Count / values, 1 - (4 * value.StandardError), 1 + (4 * value.StandardError));
    }

    [Theory]
    [InlineData(3_000, 0.4)]
    [InlineData(10_000, 0.6)]
    [InlineData(50_000, 0.8)]
    public void The_standard_error_is_at_most_the_one_that_is_stated_and_counts_lean_to_no_side(int values, double atLeast)
    {
        // 100 disjoint sets of values: their errors are 100 independent draws. Few values in many registers are counted better than stated.
        var errors = Enumerable.Range(0, 100).Select(set => (Of(Enumerable.Range(set * values, values)).Count / values) - 1).ToArray();
        var stated = Of(Enumerable.Range(0, 3000)).StandardError;
        Assert.InRange(Math.Sqrt(errors.Average(e => e * e)), stated * atLeast, stated * 1.25);
        Assert.InRange(errors.Average(), -stated / 3, stated / 3);
    }

    [Fact]
    public void Merging_is_the_union_in_any_order_and_grouping() => Build.ForAllSeeds(
        random =>
        {
            var most = random.Next(2) == 0 ? 500 : 3000;
            var sets = Enumerable.Range(0, 4).Select(_ => Enumerable.Range(random.Next(2000), random.Next(1, most)).ToArray()).ToArray();
            var parts = sets.Select(s => Snap(s)).ToArray();
            var whole = Snap(sets.SelectMany(s => s));
            random.Shuffle(parts);
            return Snapshot.Merge(parts).Equals(whole)
                && Snapshot.Merge(Snapshot.Merge(parts[0], parts[1]), Snapshot.Merge(parts[2], parts[3])).Equals(whole)
                && Snapshot.Merge(parts[3], Snapshot.Merge(parts[2], Snapshot.Merge(parts[1], parts[0]))).Equals(whole)
                && Snapshot.Merge([.. parts, .. parts, whole]).Equals(whole);
        },
        tests: 60);

    [Theory]
    [InlineData(ExpositionFormat.Protobuf, 7)]
    [InlineData(ExpositionFormat.Text, 7)]
    [InlineData(ExpositionFormat.OpenMetrics, 7)]
    [InlineData(ExpositionFormat.Protobuf, 2048)]
    [InlineData(ExpositionFormat.Text, 2048)]
    [InlineData(ExpositionFormat.OpenMetrics, 2048)]
    [InlineData(ExpositionFormat.Protobuf, 2_100)]
    [InlineData(ExpositionFormat.Text, 300_000)]
    [InlineData(ExpositionFormat.OpenMetrics, 300_000)]
    public void Every_format_carries_the_whole_set(ExpositionFormat format, int values)
    {
        var written = new WorkerSnapshot(0, 1, 2, false, Snap(Enumerable.Range(0, values)));
        var read = ExpositionReader.Read(ExpositionWriter.Write(written, format), format);
        Assert.True(read.IsOk, read.Error);
        Assert.Equal(written, read.Snapshot);
    }

    [Theory]
    [InlineData("# no hashes")]
    [InlineData("loadtest_streams_hashes{loadtest_part=\"1\"} 0.5")]
    [InlineData("loadtest_streams_hashes{loadtest_part=\"1\"} 4503599627370496")]
    [InlineData("loadtest_streams_hashes{loadtest_part=\"1\"} 5\nloadtest_streams_hashes{loadtest_part=\"2\"} 5")]
    [InlineData("loadtest_streams_hashes{loadtest_part=\"1\"} 5\nloadtest_streams_registers{loadtest_part=\"1\"} 5")]
    [InlineData("loadtest_streams_registers{loadtest_part=\"1\"} 1125899906842624")]
    [InlineData("loadtest_streams_registers 5")]
    [InlineData("loadtest_streams_registers{loadtest_part=\"821\"} 5")]
    [InlineData("loadtest_streams_registers{loadtest_part=\"820\"} 32768")]
    [InlineData("loadtest_streams_registers{loadtest_part=\"3\"} 5\nloadtest_streams_registers{loadtest_part=\"3\"} 5")]
    public void What_no_writer_wrote_is_refused(string samples)
    {
        var written = System.Text.Encoding.UTF8.GetString(ExpositionWriter.Write(new WorkerSnapshot(0, 1, 2, false, Snap([1])), ExpositionFormat.Text));
        var text = string.Join('\n', written.Split('\n').Select(line => line.StartsWith("loadtest_streams_hashes{", StringComparison.Ordinal) ? samples : line));
        Assert.NotEqual(written, text);
        var read = ExpositionReader.Read(System.Text.Encoding.UTF8.GetBytes(text), ExpositionFormat.Text);
        Assert.False(read.IsOk);
        Assert.Contains("loadtest_streams", read.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scraper_reads_the_count_as_a_gauge()
    {
        var text = System.Text.Encoding.UTF8.GetString(ExpositionWriter.Write(new WorkerSnapshot(0, 1, 2, false, Snap([1, 2, 2, 3])), ExpositionFormat.Text));
        Assert.Contains("# TYPE loadtest_streams gauge\nloadtest_streams 3\n", text, StringComparison.Ordinal);
    }

    private static Snapshot Snap(IEnumerable<int> values)
    {
        var recorder = new WorkerRecorder();
        foreach (var value in values) recorder.Distinct(Streams, TagSet.Empty).Add(value.ToString(CultureInfo.InvariantCulture));
        return recorder.TakeSnapshot();
    }

    private static DistinctValue Of(IEnumerable<int> values) => (DistinctValue)Snap(values).Select(Streams)!;
}
