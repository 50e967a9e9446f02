using System.Globalization;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec.Parsing;

/// <summary>Reads a map of scenarios: k6's <c>options.scenarios</c>, and ours with <c>mix</c>.</summary>
public static class ScenarioParser
{
    /// <summary>The executors, in the order in which documents list them.</summary>
    public static readonly IReadOnlyList<string> Executors =
        ["shared-iterations", "per-vu-iterations", "constant-vus", "ramping-vus", "constant-arrival-rate", "ramping-arrival-rate"];

    /// <summary>Fields that only some executors have, and what others have in their place.</summary>
    private static readonly (string Field, string[] Owners, (string Executor, string Field)[] Here)[] OfSome =
    [
        ("vus", ["shared-iterations", "per-vu-iterations", "constant-vus"], [("ramping-vus", "startVUs"), ("constant-arrival-rate", "preAllocatedVUs"), ("ramping-arrival-rate", "preAllocatedVUs")]),
        ("iterations", ["shared-iterations", "per-vu-iterations"], []),
        ("duration", ["constant-vus", "constant-arrival-rate"], [("shared-iterations", "maxDuration"), ("per-vu-iterations", "maxDuration"), ("ramping-vus", "stages"), ("ramping-arrival-rate", "stages")]),
        ("maxDuration", ["shared-iterations", "per-vu-iterations"], [("constant-vus", "duration"), ("constant-arrival-rate", "duration"), ("ramping-vus", "stages"), ("ramping-arrival-rate", "stages")]),
        ("startVUs", ["ramping-vus"], [("constant-vus", "vus"), ("shared-iterations", "vus"), ("per-vu-iterations", "vus"), ("constant-arrival-rate", "preAllocatedVUs"), ("ramping-arrival-rate", "preAllocatedVUs")]),
        ("gracefulRampDown", ["ramping-vus"], []),
        ("stages", ["ramping-vus", "ramping-arrival-rate"], [("constant-vus", "duration"), ("constant-arrival-rate", "duration")]),
        ("rate", ["constant-arrival-rate"], [("ramping-arrival-rate", "startRate")]),
        ("startRate", ["ramping-arrival-rate"], [("constant-arrival-rate", "rate")]),
        ("timeUnit", ["constant-arrival-rate", "ramping-arrival-rate"], []),
        ("preAllocatedVUs", ["constant-arrival-rate", "ramping-arrival-rate"], [("constant-vus", "vus"), ("shared-iterations", "vus"), ("per-vu-iterations", "vus"), ("ramping-vus", "startVUs")]),
        ("maxVUs", ["constant-arrival-rate", "ramping-arrival-rate"], []),
    ];

    private static readonly Duration Placeholder = Duration.FromSeconds(1);

    /// <summary>Reads all scenarios; a null node is an empty map.</summary>
    public static OrderedMap<ScenarioSpec> Parse(SpecNode node, string path, ICollection<Problem> problems) =>
        node is SpecScalar { Kind: ScalarKind.Null } ? OrderedMap<ScenarioSpec>.Empty : NodeValues.Map(node, path, problems, ParseOne);

    /// <summary>Reads one scenario. With problems, a harmless one that must not be run.</summary>
    public static ScenarioSpec ParseOne(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return new PerVuIterationsScenario();
        }

        var executor = reader.String("executor");
        if (!reader.Has("executor"))
        {
            problems.Add(new Problem(reader.PathOf("executor"), ProblemRules.Executor, $"'executor' is missing; it is one of {string.Join(", ", Executors)}"));
        }

        ScenarioSpec scenario = executor switch
        {
            "shared-iterations" => ReadShared(reader),
            "per-vu-iterations" => new PerVuIterationsScenario
            {
                Vus = reader.Integer("vus") ?? 1,
                Iterations = reader.Integer("iterations") ?? 1,
                MaxDuration = reader.Duration("maxDuration") ?? Duration.FromSeconds(600),
            },
            "constant-vus" => new ConstantVusScenario { Vus = reader.Integer("vus") ?? 1, Duration = RequiredDuration(reader) },
            "ramping-vus" => new RampingVusScenario
            {
                StartVUs = reader.Integer("startVUs") ?? 1,
                Stages = RequiredStages(reader),
                GracefulRampDown = reader.Duration("gracefulRampDown") ?? Duration.FromSeconds(30),
            },
            "constant-arrival-rate" => ReadConstantRate(reader),
            "ramping-arrival-rate" => ReadRampingRate(reader),
            _ => Unknown(executor, reader),
        };
        scenario = scenario with
        {
            StartTime = reader.Duration("startTime") ?? Duration.Zero,
            GracefulStop = reader.Duration("gracefulStop") ?? Duration.FromSeconds(30),
            Exec = reader.String("exec"),
            Mix = reader.List("mix", ReadMix),
            MinIterationDuration = reader.Duration("minIterationDuration"),
            Env = reader.Strings("env"),
            Tags = reader.Strings("tags"),
        };
        ReadOptions(reader);
        if (executor is not null && Executors.Contains(executor, StringComparer.Ordinal))
        {
            // Without an executor nobody knows which fields there are.
            Elsewhere(executor, reader);
            reader.Close();
        }

        return scenario;
    }

    /// <summary>Fields that other executors have: people change the executor and forget them, or take one for the other.</summary>
    private static void Elsewhere(string executor, ObjectReader reader)
    {
        foreach (var (field, owners, here) in OfSome)
        {
            if (!owners.Contains(executor, StringComparer.Ordinal))
            {
                var meant = here.FirstOrDefault(h => h.Executor == executor).Field;
                reader.Misplaced(field, $"{executor} has no {field}, which belongs to {string.Join(", ", owners)}{(meant is null ? "" : $"; {executor} has {meant}")}", meant);
            }
        }
    }

    private static SharedIterationsScenario ReadShared(ObjectReader reader)
    {
        var vus = reader.Integer("vus") ?? 1;
        return new SharedIterationsScenario
        {
            Vus = vus,
            Iterations = reader.Integer("iterations") ?? (reader.Has("iterations") ? vus : 1),
            MaxDuration = reader.Duration("maxDuration") ?? Duration.FromSeconds(600),
        };
    }

    private static ConstantArrivalRateScenario ReadConstantRate(ObjectReader reader)
    {
        var (vus, most) = ReadRateVus(reader);
        return new ConstantArrivalRateScenario
        {
            Rate = RequiredInteger(reader, "rate", isRate: true),
            TimeUnit = reader.Duration("timeUnit") ?? Duration.FromSeconds(1),
            Duration = RequiredDuration(reader),
            PreAllocatedVUs = vus,
            MaxVUs = most,
        };
    }

    private static RampingArrivalRateScenario ReadRampingRate(ObjectReader reader)
    {
        var (vus, most) = ReadRateVus(reader);
        return new RampingArrivalRateScenario
        {
            StartRate = reader.Integer("startRate", PerUnit(reader, "startRate")) ?? 0,
            TimeUnit = reader.Duration("timeUnit") ?? Duration.FromSeconds(1),
            Stages = RequiredStages(reader),
            PreAllocatedVUs = vus,
            MaxVUs = most,
        };
    }

    private static (long PreAllocated, long Most) ReadRateVus(ObjectReader reader)
    {
        var most = reader.Integer("maxVUs");
        if (reader.Require("preAllocatedVUs") is null || reader.Integer("preAllocatedVUs") is not { } vus)
        {
            return (most ?? 1, most ?? 1);
        }

        return (vus, most ?? (reader.Has("maxVUs") ? Math.Max(vus, 1) : vus));
    }

    private static PerVuIterationsScenario Unknown(string? executor, ObjectReader reader)
    {
        if (executor is not null)
        {
            var message = executor == "externally-controlled"
                ? "k6 removed the executor externally-controlled; use ramping-vus"
                : $"there is no executor '{executor}'; there are {string.Join(", ", Executors)}";
            reader.Problems.Add(new Problem(reader.PathOf("executor"), ProblemRules.Executor, message) { Value = executor, Suggestion = Nearest.To(executor, Executors) });
        }

        return new PerVuIterationsScenario();
    }

    private static Duration RequiredDuration(ObjectReader reader, string field = "duration") =>
        reader.Require(field) is null ? Placeholder : reader.Duration(field) ?? Placeholder;

    private static long RequiredInteger(ObjectReader reader, string field, bool isRate = false) =>
        reader.Require(field) is null ? 1 : reader.Integer(field, isRate ? PerUnit(reader, field) : null) ?? 1;

    /// <summary>What a rate with a fraction is in whole numbers; null when it has none.</summary>
    private static string? PerUnit(ObjectReader reader, string field)
    {
        if (reader.Node(field) is not SpecScalar { Kind: ScalarKind.Float } scalar || !decimal.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) || rate <= 0 || rate > 1_000_000_000)
        {
            return null;
        }

        var second = reader.Node("timeUnit") is null;
        foreach (var (unit, factor) in new[] { ("10s", 10), ("1m", 60), ("10m", 600), ("1h", 3600) })
        {
            if (second && rate * factor == decimal.Truncate(rate * factor))
            {
                return string.Create(CultureInfo.InvariantCulture, $"a rate is a whole number of iterations in each timeUnit: {rate} a second is {field}: {rate * factor:0} with timeUnit: {unit}");
            }
        }

        return "a rate is a whole number of iterations in each timeUnit: give a longer timeUnit";
    }

    private static IReadOnlyList<Stage> RequiredStages(ObjectReader reader) =>
        reader.Require("stages") is { } node
            ? node is SpecList ? NodeValues.List(node, reader.PathOf("stages"), reader.Problems, ReadStage) : WrongStages(reader, node)
            : [new Stage(Placeholder, 1)];

    private static Stage[] WrongStages(ObjectReader reader, SpecNode node)
    {
        reader.Problems.Add(NodeProblems.WrongType(node, reader.PathOf("stages"), "a list of {duration, target}"));
        return [new Stage(Placeholder, 1)];
    }

    private static Stage ReadStage(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return new Stage(Placeholder, 1);
        }

        var stage = new Stage(RequiredDuration(reader), RequiredInteger(reader, "target"));
        reader.Close();
        return stage;
    }

    private static MixEntry ReadMix(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return new MixEntry("", 1);
        }

        var entry = new MixEntry(reader.RequiredString("flow") ?? "", (reader.Require("weight") is null ? null : reader.Number("weight")) ?? 1);
        reader.Close();
        return entry;
    }

    /// <summary>k6 scenarios may carry browser options: they are read, so that suites can be pasted, and said to have no effect.</summary>
    private static void ReadOptions(ObjectReader reader)
    {
        if (reader.Object("options") is not { } options)
        {
            return;
        }

        if (options.Has("browser"))
        {
            reader.Problems.Add(new Problem(options.PathOf("browser"), "browser", "browser tests are not run: this has no effect") { IsWarning = true });
        }

        options.Close();
    }
}
