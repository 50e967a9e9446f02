using System.Text.Json;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Tests.Planning;

/// <summary>Turns the fields of conformance cases into specs and places in a partition.</summary>
internal static class Cases
{
    public static string? Text(this JsonElement element, string field) =>
        element.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static long Number(this JsonElement element, string field) => element.GetProperty(field).GetInt64();

    public static Duration Nanoseconds(this JsonElement element, string field) => new(element.Number(field));

    public static long[] Numbers(this JsonElement element, string field) => [.. element.GetProperty(field).EnumerateArray().Select(v => v.GetInt64())];

    public static IEnumerable<JsonElement> OfKind(this IEnumerable<JsonElement> cases, string kind)
    {
        var found = cases.Where(c => c.Text("kind") == kind).ToArray();
        Assert.NotEmpty(found);
        return found;
    }

    public static SegmentSequence Sequence(string text)
    {
        Assert.True(SegmentSequence.TryParse(text, out var sequence, out var error), error);
        return sequence;
    }

    public static ExecutionSegment Segment(string? text)
    {
        if (text is null)
        {
            return ExecutionSegment.Whole;
        }

        Assert.True(ExecutionSegment.TryParse(text, out var segment, out var error), error);
        return segment;
    }

    /// <summary>The place of a segment; without a sequence it is alone between fillers (k6-semantics 2.1).</summary>
    public static (Partition Partition, int Index) Place(string? segment, string? sequence)
    {
        var own = Segment(string.IsNullOrEmpty(segment) ? null : segment);
        var complete = string.IsNullOrEmpty(sequence) ? null : Sequence(sequence).Complete();
        if (complete is null)
        {
            Assert.True(SegmentSequence.TryCreate([own], out var alone, out var error), error);
            complete = alone.Complete();
        }

        var index = complete.Segments.ToList().IndexOf(own);
        Assert.True(index >= 0, $"segment {own} is not in {complete}");
        return (Partition.Of(complete), index);
    }

    public static (Partition Partition, int Index) Place(this JsonElement element) => Place(element.Text("segment"), element.Text("sequence"));

    public static StripedIndex Stripe(this JsonElement element)
    {
        var (partition, index) = element.Place();
        return partition.Stripes[index];
    }

    public static Stage[] Stages(this JsonElement element) =>
        [.. element.GetProperty("stages").EnumerateArray().Select(s => new Stage(s.Nanoseconds("duration_ns"), s.Number("target")))];

    public static VuStep[] Steps(this JsonElement element, string field) =>
    [
        .. element.GetProperty(field).EnumerateArray().Select(s => s.ValueKind == JsonValueKind.Array
            ? new VuStep(new(s[0].GetInt64()), s[1].GetInt32())
            : new VuStep(s.Nanoseconds("t_ns"), (int)s.Number("vus"))),
    ];

    public static RampingVusScenario RampingVus(this JsonElement element) => new()
    {
        StartVUs = element.Number("startVUs"),
        Stages = element.Stages(),
        GracefulStop = element.TryGetProperty("gracefulStop_ns", out _) ? element.Nanoseconds("gracefulStop_ns") : Duration.FromSeconds(30),
        GracefulRampDown = element.TryGetProperty("gracefulRampDown_ns", out _) ? element.Nanoseconds("gracefulRampDown_ns") : Duration.FromSeconds(30),
    };

    /// <summary>Cases about times alone name no VUs: then enough for every segment to keep its length.</summary>
    public static RampingArrivalRateScenario RampingArrivals(this JsonElement element, long vus = 0) => new()
    {
        StartRate = element.Number("startRate"),
        TimeUnit = element.Nanoseconds("timeUnit_ns"),
        Stages = element.Stages(),
        PreAllocatedVUs = element.TryGetProperty("preAllocatedVUs", out var pre) ? pre.GetInt64() : vus,
        MaxVUs = element.TryGetProperty("maxVUs", out var max) ? max.GetInt64() : vus,
    };

    public static ConstantArrivalRateScenario ConstantArrivals(this JsonElement element) => new()
    {
        Rate = element.Number("rate"),
        TimeUnit = element.Nanoseconds("timeUnit_ns"),
        Duration = element.Nanoseconds("duration_ns"),
        PreAllocatedVUs = element.Number("preAllocatedVUs"),
        MaxVUs = element.Number("maxVUs"),
    };
}
