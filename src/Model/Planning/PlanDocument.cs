using System.Buffers;
using System.Text;
using System.Text.Json;

namespace LoadTesting.Model.Planning;

/// <summary>
/// The JSON that <c>loadtest plan -o json</c> prints: what each runner will do, for people and for tests. Times are nanoseconds from the
/// scenario's start, except <c>startTime_ns</c> (from the start of the load). A scenario has only the fields that its executor has:
/// <c>iterations</c> is per VU for per-vu-iterations, else this runner's share. <c>vuIds</c> (1-based) and <c>iterationIds</c>
/// (0-based) are numbers in the whole test.
/// </summary>
public static class PlanDocument
{
    /// <summary>How many entries of a list are written when the caller does not say.</summary>
    public const int DefaultLimit = 10_000;

    private static readonly JsonWriterOptions Compact = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The document as text.</summary>
    /// <param name="plans">In order of their index.</param>
    /// <param name="limit">Longest list written, the rest is left off; 0 = no limit.</param>
    public static string ToJson(IReadOnlyList<WorkerPlan> plans, int limit = DefaultLimit)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Compact))
        {
            Write(json, plans, limit);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes the document; flushes as it goes, so that unlimited lists need no memory of their own when the writer has a stream.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="plans">In order of their index.</param>
    /// <param name="limit">Longest list written; 0 = no limit.</param>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<WorkerPlan> plans, int limit = DefaultLimit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var most = limit == 0 ? long.MaxValue : limit;
        json.WriteStartObject();
        json.WriteStartArray("runners");
        foreach (var plan in plans)
        {
            json.WriteStartObject();
            json.WriteNumber("index", plan.Index);
            json.WriteStartObject("scenarios");
            foreach (var scenario in plan.Scenarios)
                WriteScenario(json, scenario, most);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
    }

    private static void WriteScenario(Utf8JsonWriter json, ScenarioPlan plan, long limit)
    {
        json.WriteStartObject(plan.Name);
        json.WriteString("executor", plan.Spec.Executor);
        json.WriteNumber("startTime_ns", plan.Spec.StartTime.Nanoseconds);
        switch (plan)
        {
            case SharedIterationsPlan shared:
                json.WriteNumber("vus", shared.MaxVUs);
                json.WriteNumber("iterations", shared.Iterations);
                WriteNumbers(json, "iterationIds", shared.Iterations, limit, shared.IterationIds.GlobalIndex);
                break;
            case PerVuIterationsPlan perVu:
                json.WriteNumber("vus", perVu.MaxVUs);
                json.WriteNumber("iterations", perVu.IterationsPerVu);
                break;
            case RampingVusPlan ramping:
                json.WriteNumber("maxVUs", ramping.MaxVUs);
                WriteSteps(json, "vuSteps", ramping.Steps, limit);
                WriteSteps(json, "reservedVuSteps", ramping.ReservedSteps, limit);
                break;
            case ArrivalRatePlan arrivals:
                json.WriteNumber("vus", arrivals.PreAllocatedVUs);
                json.WriteNumber("maxVUs", arrivals.MaxVUs);
                json.WriteNumber("iterations", arrivals.Arrivals.Count);
                WriteNumbers(json, "starts_ns", arrivals.Arrivals.Count, limit, k => arrivals.Arrivals[k].Offset.Nanoseconds);
                WriteNumbers(json, "iterationIds", arrivals.Arrivals.Count, limit, k => arrivals.Arrivals[k].GlobalIndex);
                break;
            default:
                json.WriteNumber("vus", plan.MaxVUs);
                break;
        }

        WriteNumbers(json, "vuIds", plan.MaxVUs, limit, k => plan.VuIds.GlobalIndex(k) + 1);
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, long count, long limit, Func<long, long> value)
    {
        json.WriteStartArray(name);
        for (var k = 0L; k < Math.Min(count, limit); k++)
        {
            json.WriteNumberValue(value(k));
            FlushWhenLarge(json);
        }

        json.WriteEndArray();
    }

    private static void WriteSteps(Utf8JsonWriter json, string name, IReadOnlyList<VuStep> steps, long limit)
    {
        json.WriteStartArray(name);
        for (var k = 0; k < Math.Min(steps.Count, limit); k++)
        {
            json.WriteStartArray();
            json.WriteNumberValue(steps[k].Offset.Nanoseconds);
            json.WriteNumberValue(steps[k].Vus);
            json.WriteEndArray();
            FlushWhenLarge(json);
        }

        json.WriteEndArray();
    }

    private static void FlushWhenLarge(Utf8JsonWriter json)
    {
        if (json.BytesPending > 1 << 16)
        {
            json.Flush();
        }
    }
}
