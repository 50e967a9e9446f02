using System.Diagnostics;
using System.Globalization;
using LoadTesting.Metrics;
using LoadTesting.Metrics.Exposition;

// Of runners with a hundred series each, scraped once a second while they send RATE (1000) requests a second: the bytes of the first and of a further scrape, the
// milliseconds of CPU to read and merge one, and what an operator uses that does so for RUNNERS (500) runners: CPU seconds per second, and resident megabytes.
var runners = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 500;
var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 10;
var rate = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 1000;
using var process = Process.GetCurrentProcess();

// A handful of different runners is enough: each answer is read by as many followers, into snapshots of their own.
const int Different = 4;
var answers = Enumerable.Range(0, Different).Select(seed => Simulated.Answers(seed, rounds + 2, rate)).ToArray();
Say("scrape_first_bytes", answers[0][0].Length);
Say("scrape_bytes", answers[0].Skip(1).Average(a => a.Length));

GC.Collect();
var pool = new SeriesPool();
var followers = Enumerable.Range(0, runners).Select(_ => new SnapshotFollower(pool)).ToArray();
var set = new SnapshotSet(runners);
Round(0);
Round(1);
var before = process.TotalProcessorTime;
for (var round = 2; round < rounds + 2; round++) Round(round);
process.Refresh();
var cpu = (process.TotalProcessorTime - before).TotalSeconds;
Say("read_and_merge_ms", cpu * 1000 / rounds / runners);
Say("operator_cores", cpu / rounds);
Say("operator_mb", process.WorkingSet64 / 1048576.0);

void Round(int number)
{
    for (var worker = 0; worker < runners; worker++)
    {
        var read = followers[worker].Read(answers[worker % Different][number]);
        if (!read.IsOk) throw new InvalidOperationException(read.Error);
        set.Offer(new WorkerSnapshot(worker, read.Snapshot.Sequence, 0, false, read.Snapshot.Snapshot));
    }

    set.Tick();
    if (set.Total().Series.Count < 100) throw new InvalidOperationException("not everything was merged");
}

static void Say(string name, double value) => Console.WriteLine(FormattableString.Invariant($"{name} {value:0.###}"));

/// <summary>What a runner answers: five requests of a flow, twenty series each (eleven of them histograms with latencies between half a millisecond and a second).</summary>
internal static class Simulated
{
    public static byte[][] Answers(int seed, int count, int rate)
    {
        var random = new Random(seed);
        var (recorder, history) = (new WorkerRecorder(), new SnapshotHistory());
        var answers = new byte[count][];
        var follower = new SnapshotFollower();
        Load(recorder, random, 100_000);
        for (var i = 0; i < count; i++)
        {
            answers[i] = history.Write(new WorkerSnapshot(0, i + 1, i, false, recorder.TakeSnapshot()), follower.Known);
            follower.Read(answers[i]);
            Load(recorder, random, rate);
        }

        return answers;
    }

    private static void Load(WorkerRecorder recorder, Random random, int requests)
    {
        MetricDefinition[] times =
        [
            BuiltInMetrics.HttpReqDuration, BuiltInMetrics.HttpReqWaiting, BuiltInMetrics.HttpReqBlocked, BuiltInMetrics.HttpReqConnecting, BuiltInMetrics.HttpReqTlsHandshaking,
            BuiltInMetrics.HttpReqSending, BuiltInMetrics.HttpReqReceiving, BuiltInMetrics.HttpReqIntendedDuration, BuiltInMetrics.IterationDuration, BuiltInMetrics.SendLag,
            BuiltInMetrics.GroupDuration,
        ];
        for (var request = 0; request < 5; request++)
        {
            var tags = TagSet.Of(("name", $"request-{request}"), ("method", "GET"), ("status", "200"), ("scenario", "checkout"), ("expected_response", "true"), ("proto", "HTTP/1.1"));
            for (var sample = 0; sample < requests / 5; sample++)
            {
                var seconds = 0.0005 * Math.Exp(Math.Abs(Normal(random)) * 1.5);
                for (var t = 0; t < times.Length; t++) recorder.Trend(times[t], tags).Record(t is 3 or 4 ? 0 : t is 2 or 5 or 6 ? seconds / 50 : seconds);
            }

            recorder.Counter(BuiltInMetrics.HttpReqs, tags).Add(requests / 5);
            recorder.Rate(BuiltInMetrics.HttpReqFailed, tags).Add(false);
            for (var check = 0; check < 7; check++) recorder.Rate(BuiltInMetrics.Checks, tags.With("check", $"check {check}")).Add(true);
        }
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
