using System.Text.Json;
using LoadTesting.Model.Planning;
using LoadTesting.TestKit;

namespace LoadTesting.Model.Tests.Planning;

public class SegmentConformanceTests
{
    private static IReadOnlyList<JsonElement> All => Conformance.Cases("execution-segment.json");

    [SkippableFact]
    public void Every_kind_of_case_has_its_test()
    {
        string[] tested =
        [
            "segment-new", "segment-equal", "segment-parse", "segment-string", "segment-split", "segment-scale-simple", "tuple-scale",
            "segment-scale-rational", "sub-segment", "segment-length", "sequence-from-segments", "sequence-parse", "striped-offsets",
            "sequence-lcd", "resegment", "tuple-scale-and-resegment", "segmented-index", "property",
        ];

        Assert.Equal(tested.Order(), All.Select(c => c.Text("kind")!).Distinct().Order());
    }

    [SkippableFact]
    public void Segments_are_made_of_bounds_in_order_within_0_and_1()
    {
        foreach (var c in All.OfKind("segment-new"))
        {
            Assert.True(Rational.TryParse(c.Text("from")!, out var from) & Rational.TryParse(c.Text("to")!, out var to));
            Assert.True(ExecutionSegment.TryCreate(from, to, out _, out var error) != c.GetProperty("error").GetBoolean(), $"{c}: {error}");
        }
    }

    [SkippableFact]
    public void Segments_equal_by_value_and_none_is_the_whole()
    {
        foreach (var c in All.OfKind("segment-equal"))
            Assert.Equal(c.GetProperty("equal").GetBoolean(), Cases.Segment(c.Text("a")).Equals(Cases.Segment(c.Text("b"))));
        foreach (var c in All.OfKind("segment-string"))
            Assert.Equal(c.Text("expect"), Cases.Segment(c.Text("segment")).ToString());
    }

    [SkippableFact]
    public void Segments_are_read_from_fractions_decimals_and_percentages()
    {
        foreach (var c in All.OfKind("segment-parse"))
        {
            var read = ExecutionSegment.TryParse(c.Text("input")!, out var segment, out var error);
            Assert.True(read != c.GetProperty("error").GetBoolean(), $"{c}: {error}");
            if (read)
            {
                Assert.Equal($"{c.Text("from")}:{c.Text("to")}", segment!.ToString());
            }
        }
    }

    [SkippableFact]
    public void Segments_split_into_equal_pieces()
    {
        foreach (var c in All.OfKind("segment-split"))
        {
            var parts = (int)c.Number("parts");
            if (!c.GetProperty("error").GetBoolean())
            {
                Assert.Equal(c.GetProperty("expect").EnumerateArray().Select(e => e.GetString()), Cases.Segment(c.Text("segment")).Split(parts).Select(s => s.ToString()));
            }
            else if (c.Text("segment") is { } text)
            {
                Assert.False(ExecutionSegment.TryParse(text, out _, out _));
            }
            else
            {
                Assert.Throws<ArgumentOutOfRangeException>(() => ExecutionSegment.Whole.Split(parts));
            }
        }
    }

    [SkippableFact]
    public void Segments_scale_have_lengths_and_nest()
    {
        foreach (var c in All.OfKind("segment-scale-simple"))
            Assert.Equal(c.Number("expect"), Cases.Segment(c.Text("segment")).ScaleForDisplay(c.Number("value")));
        foreach (var c in All.OfKind("segment-scale-rational"))
        {
            Assert.True(Rational.TryParse(c.Text("value")!, out var value) & Rational.TryParse(c.Text("expect")!, out var expected));
            Assert.Equal(expected, Cases.Segment(c.Text("segment")).Length * value);
        }

        foreach (var c in All.OfKind("segment-length"))
            Assert.Equal(c.GetProperty("expect").GetDouble(), Cases.Segment(c.Text("segment")).Length.ToDouble(), c.GetProperty("relativeTolerance").GetDouble());
        foreach (var c in All.OfKind("sub-segment"))
            Assert.Equal(Cases.Segment(c.Text("expect")), Cases.Segment(c.Text("base")).SubSegment(Cases.Segment(c.Text("sub"))));
    }

    [SkippableFact]
    public void Sequences_are_read_from_ascending_bounds()
    {
        foreach (var c in All.OfKind("sequence-parse"))
        {
            var read = SegmentSequence.TryParse(c.Text("input")!, out var sequence, out var error);
            Assert.True(read != c.GetProperty("error").GetBoolean(), $"{c}: {error}");
            if (read)
            {
                Assert.Equal(c.GetProperty("segments").EnumerateArray().Select(e => e.GetString()), sequence!.Segments.Select(s => s.ToString()));
                Assert.True(!c.GetProperty("roundTrips").GetBoolean() || sequence.ToString() == c.Text("input"), sequence.ToString());
            }
        }

        foreach (var c in All.OfKind("sequence-from-segments"))
        {
            var segments = c.GetProperty("segments").EnumerateArray().Select(e => Cases.Segment(e.GetString())).ToArray();
            Assert.True(SegmentSequence.TryCreate(segments, out _, out _) != c.GetProperty("error").GetBoolean(), c.ToString());
        }

        foreach (var c in All.OfKind("sequence-lcd"))
            Assert.Equal(c.Number("expect"), Cases.Sequence(c.Text("sequence")!).LeastCommonDenominator);
    }

    [SkippableFact]
    public void Stripes_start_and_repeat_as_tabled()
    {
        foreach (var c in All.OfKind("striped-offsets"))
            AssertStripe(c, c.Stripe());
        foreach (var c in All.OfKind("tuple-scale"))
            Assert.Equal(c.Number("expect"), c.Stripe().Scale(c.Number("value")));
    }

    [SkippableFact]
    public void Partitions_are_divided_anew_by_a_value()
    {
        foreach (var c in All.OfKind("resegment"))
        {
            var (partition, _) = c.Place();
            Assert.Equal(c.Text("expectSequence"), partition.Resegment(c.Number("value")).Partition!.Sequence.ToString());
        }

        foreach (var c in All.OfKind("tuple-scale-and-resegment"))
        {
            var (partition, index) = c.Place();
            AssertScale(c, c.GetProperty("scale"), partition.Stripes[index]);
            foreach (var by in c.GetProperty("resegmentedScale").EnumerateObject())
            {
                var stripe = partition.Resegment(long.Parse(by.Name)).Stripes[index];
                if (by.Value.ValueKind == JsonValueKind.Null)
                {
                    Assert.Null(stripe);
                }
                else
                {
                    AssertScale(c, by.Value, stripe!);
                }
            }
        }
    }

    [SkippableFact]
    public void Segmented_indices_walk_and_jump_as_tabled()
    {
        foreach (var c in All.OfKind("segmented-index"))
        {
            var slots = new List<long> { c.Number("start") };
            slots.AddRange(c.Numbers("offsets").SkipLast(1).Select(offset => slots[^1] + offset));
            var stripe = new StripedIndex(c.Number("lcd"), slots);
            var scaled = 0L;
            foreach (var step in c.GetProperty("steps").EnumerateArray())
            {
                // k6's index counts from 1 and 0 stands for "nothing yet".
                scaled = step.Text("op") switch
                {
                    "next" => scaled + 1,
                    "prev" => Math.Max(0, scaled - 1),
                    _ => stripe.Scale(step.Number("value")),
                };
                Assert.True(step.Number("scaled") == scaled, $"{c.Text("name")}: {step}, got {scaled}");
                Assert.Equal(step.Number("unscaled"), scaled == 0 ? 0 : stripe.GlobalIndex(scaled - 1) + 1);
            }
        }
    }

    [SkippableFact]
    public void Derived_tables_of_partitions_hold()
    {
        foreach (var c in Conformance.Cases("derived-partition.json").OfKind("partition"))
        {
            foreach (var s in c.GetProperty("segments").EnumerateArray())
            {
                var (partition, index) = Cases.Place(s.Text("segment"), c.Text("sequence"));
                var stripe = partition.Stripes[index];
                AssertStripe(s, stripe);
                AssertScale(c, s.GetProperty("scale"), stripe);
                var indices = s.Numbers("firstIndices");
                Assert.Equal(indices, indices.Select((_, k) => stripe.GlobalIndex(k)));
            }
        }
    }

    [SkippableFact]
    public void Derived_tables_of_segments_map_vu_ids()
    {
        foreach (var c in Conformance.Cases("vu-ids.json"))
            Assert.Equal(c.Numbers("globalIds"), c.Numbers("localIds").Select(k => c.Stripe().GlobalIndex(k - 1) + 1));
    }

    internal static void AssertStripe(JsonElement expected, StripedIndex stripe)
    {
        var offsets = expected.Numbers("offsets");
        Assert.True(expected.Number("lcd") == stripe.Period, $"{expected}: period {stripe.Period}");
        Assert.Equal(expected.Number("start"), stripe.Slots[0]);
        Assert.Equal(offsets, stripe.Slots.Select((slot, k) => stripe.GlobalIndex(k + 1) - slot));
    }

    private static void AssertScale(JsonElement c, JsonElement table, StripedIndex stripe)
    {
        foreach (var row in table.EnumerateObject())
            Assert.True(row.Value.GetInt64() == stripe.Scale(long.Parse(row.Name)), $"{c}: share of {row.Name} is {stripe.Scale(long.Parse(row.Name))}");
    }
}
