using System.Text.Json;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Tests.Planning;

/// <summary>Reads the few valid executor configurations whose descriptions are tabled; strict reading is the manifest's matter, not the plan's.</summary>
internal static class ExecutorJson
{
    public static ScenarioSpec Read(JsonElement json)
    {
        var graceful = Time(json, "gracefulStop", 30_000);
        var start = Time(json, "startTime", 0);
        return json.Text("executor") switch
        {
            "constant-vus" => new ConstantVusScenario { Vus = Integer(json, "vus", 1), Duration = Time(json, "duration", 0), GracefulStop = graceful, StartTime = start, Exec = json.Text("exec") },
            "ramping-vus" => new RampingVusScenario
            {
                StartVUs = Integer(json, "startVUs", 1),
                Stages = Stages(json),
                GracefulRampDown = Time(json, "gracefulRampDown", 30_000),
                GracefulStop = graceful,
                StartTime = start,
            },
            "shared-iterations" => new SharedIterationsScenario
            {
                Vus = Integer(json, "vus", 1),
                Iterations = Integer(json, "iterations", 1),
                MaxDuration = Time(json, "maxDuration", 600_000),
                GracefulStop = graceful,
            },
            "per-vu-iterations" => new PerVuIterationsScenario
            {
                Vus = Integer(json, "vus", 1),
                Iterations = Integer(json, "iterations", 1),
                MaxDuration = Time(json, "maxDuration", 600_000),
                GracefulStop = graceful,
            },
            "constant-arrival-rate" => new ConstantArrivalRateScenario
            {
                Rate = Integer(json, "rate", 0),
                TimeUnit = Time(json, "timeUnit", 1000),
                Duration = Time(json, "duration", 0),
                PreAllocatedVUs = Integer(json, "preAllocatedVUs", 0),
                MaxVUs = Integer(json, "maxVUs", 0),
                GracefulStop = graceful,
            },
            "ramping-arrival-rate" => new RampingArrivalRateScenario
            {
                StartRate = Integer(json, "startRate", 0),
                TimeUnit = Time(json, "timeUnit", 1000),
                Stages = Stages(json),
                PreAllocatedVUs = Integer(json, "preAllocatedVUs", 0),
                MaxVUs = Integer(json, "maxVUs", 0),
                GracefulStop = graceful,
            },
            var other => throw new InvalidOperationException($"executor {other}"),
        };
    }

    private static Stage[] Stages(JsonElement json) =>
        [.. json.GetProperty("stages").EnumerateArray().Select(s => new Stage(Time(s, "duration", 0), Integer(s, "target", 0)))];

    private static long Integer(JsonElement json, string field, long absent) => json.TryGetProperty(field, out var value) ? value.GetInt64() : absent;

    private static Duration Time(JsonElement json, string field, long absentMilliseconds)
    {
        if (!json.TryGetProperty(field, out var value))
        {
            return Duration.FromMilliseconds(absentMilliseconds);
        }

        if (value.ValueKind == JsonValueKind.Number)
        {
            return Duration.FromMilliseconds(value.GetInt64());
        }

        var text = value.GetString()!;
        var unit = text[^1] == 'm' ? 60 : 1;
        Assert.Contains(text[^1], "sm");
        return Duration.FromSeconds(unit * long.Parse(text[..^1]));
    }
}
