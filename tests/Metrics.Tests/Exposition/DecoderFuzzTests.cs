using System.Text;
using LoadTesting.Metrics.Exposition;
using LoadTesting.TestKit;

namespace LoadTesting.Metrics.Tests.Exposition;

/// <summary>Whatever a runner answers: no exception, and no more memory than its bytes justify. tests/fuzz runs these for as long as wanted.</summary>
public class DecoderFuzzTests
{
    // A page of 64 buckets takes 17 bits in the compact form, and a series that names known texts takes some eight bytes.
    private static readonly FuzzBounds Bounds = new() { BaseBytes = 2 << 20, BytesPerByte = 600, Cases = 1000 };

    [Theory]
    [InlineData(ExpositionFormat.Compact)]
    [InlineData(ExpositionFormat.Protobuf)]
    [InlineData(ExpositionFormat.Text)]
    [InlineData(ExpositionFormat.OpenMetrics)]
    public void A_hostile_exposition_is_an_error_or_a_snapshot(ExpositionFormat format) => Fuzz.Bytes(
        $"exposition {format}",
        [.. Enumerable.Range(1, 12).Select(seed => ExpositionWriter.Write(Build.Worker(new Random(seed)), format)), .. format is ExpositionFormat.Compact ? [] : Hostile],
        bytes => Assert.True(ExpositionReader.Read(bytes, format) is { IsOk: true } or { Error.Length: > 0 }),
        Bounds);

    [Fact]
    public void A_follower_of_hostile_answers_holds_a_snapshot_or_nothing() => Fuzz.Any(
        "follower",
        random => Answers(random),
        answers => answers.Sum(a => a.Length),
        answers =>
        {
            var follower = new SnapshotFollower(new SeriesPool());
            foreach (var answer in answers)
            {
                var read = follower.Read(answer);
                Assert.True(read is { IsOk: true } or { Error.Length: > 0 });
                Assert.Equal(read.IsOk, follower.Known is not null);
            }
        },
        Bounds with { BaseBytes = 16 << 20, Cases = 300 });

    private static byte[][] Hostile =>
    [
        Encoding.UTF8.GetBytes("# TYPE a histogram\na_bucket{le=\"+Inf\"} 9007199254740992\na_sum NaN\na_count 1e300\n# EOF\n"),
    ];

    // A runner's answers in their order, some of them changed.
    private static List<byte[]> Answers(Random random)
    {
        var (recorder, history, follower) = (new WorkerRecorder(), new SnapshotHistory(), new SnapshotFollower());
        var answers = new List<byte[]>();
        for (var sequence = 1; sequence < 6; sequence++)
        {
            Build.RecordSome(random, new WorkerRecorder(), recorder);
            var answer = history.Write(new WorkerSnapshot(0, sequence, sequence, false, recorder.TakeSnapshot()), follower.Known);
            follower.Read(answer);
            answers.Add(random.Next(3) == 0 ? FuzzMutations.Bytes(random, [answer, .. answers], 1 << 16) : answer);
        }

        return answers;
    }
}
