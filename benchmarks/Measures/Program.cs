using System.Diagnostics;
using System.Globalization;
using LoadTesting.Metrics;
using LoadTesting.Metrics.Exposition;

// Prints three lines of "name value": of one scrape of a runner with 100 series its bytes and the milliseconds of CPU to read and merge it, then what an operator
// uses that does so for RUNNERS (500) runners once a second for ROUNDS (10) seconds of load: CPU seconds per second, and megabytes.
var runners = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 500;
var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 10;
var process = Process.GetCurrentProcess();

// A handful of different runners is enough: their bytes are read anew each time.
var scrapes = Enumerable.Range(0, 8).Select(Scrape).ToArray();
Console.WriteLine(FormattableString.Invariant($"scrape_bytes {scrapes[0].Length}"));
var set = new SnapshotSet(runners);
Round(set, 1, isWarmUp: true);
var before = process.TotalProcessorTime;
for (var round = 2; round < rounds + 2; round++) Round(set, round, isWarmUp: false);
process.Refresh();
var cpu = (process.TotalProcessorTime - before).TotalSeconds;
Console.WriteLine(FormattableString.Invariant($"read_and_merge_ms {cpu * 1000 / rounds / runners:0.###}"));
Console.WriteLine(FormattableString.Invariant($"operator_cores {cpu / rounds:0.##}"));
Console.WriteLine(FormattableString.Invariant($"operator_mb {process.WorkingSet64 / 1048576.0:0}"));

void Round(SnapshotSet into, int number, bool isWarmUp)
{
    for (var worker = 0; worker < runners; worker++)
    {
        var read = ExpositionReader.Read(scrapes[worker % scrapes.Length], ExpositionFormat.Protobuf);
        if (!read.IsOk) throw new InvalidOperationException(read.Error);
        into.Offer(new WorkerSnapshot(worker, number, 0, false, read.Snapshot.Snapshot));
    }

    into.Tick();
    if (into.Total().Series.Count == 0 && !isWarmUp) throw new InvalidOperationException("nothing was merged");
}

// Five requests of a flow, twenty series each (thirteen of them histograms with latencies between half a millisecond and a second).
static byte[] Scrape(int seed)
{
    var random = new Random(seed);
    var recorder = new WorkerRecorder();
    MetricDefinition[] times =
    [
        BuiltInMetrics.HttpReqDuration, BuiltInMetrics.HttpReqWaiting, BuiltInMetrics.HttpReqBlocked, BuiltInMetrics.HttpReqConnecting, BuiltInMetrics.HttpReqTlsHandshaking,
        BuiltInMetrics.HttpReqSending, BuiltInMetrics.HttpReqReceiving, BuiltInMetrics.HttpReqIntendedDuration, BuiltInMetrics.IterationDuration, BuiltInMetrics.SendLag,
        BuiltInMetrics.GroupDuration,
    ];
    for (var request = 0; request < 5; request++)
    {
        var tags = TagSet.Of(("name", $"request-{request}"), ("method", "GET"), ("status", "200"), ("scenario", "checkout"), ("expected_response", "true"), ("proto", "HTTP/1.1"));
        for (var sample = 0; sample < 20_000; sample++)
        {
            var seconds = 0.0005 * Math.Exp(Math.Abs(Normal(random)) * 1.5);
            for (var t = 0; t < times.Length; t++) recorder.Trend(times[t], tags).Record(t is 3 or 4 ? 0 : t is 2 or 5 or 6 ? seconds / 50 : seconds);
        }

        recorder.Counter(BuiltInMetrics.HttpReqs, tags).Add(20_000);
        recorder.Rate(BuiltInMetrics.HttpReqFailed, tags).Add(false);
        for (var check = 0; check < 7; check++) recorder.Rate(BuiltInMetrics.Checks, tags.With("check", $"check {check}")).Add(true);
    }

    return ExpositionWriter.Write(new WorkerSnapshot(0, 1, 0, false, recorder.TakeSnapshot()), ExpositionFormat.Protobuf);
}

static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
