using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec.Parsing;

/// <summary>Reads a map of scenarios: k6's <c>options.scenarios</c>, and ours with <c>mix</c>.</summary>
public static class ScenarioParser
{
    /// <summary>The executors, in the order in which documents list them.</summary>
    public static readonly IReadOnlyList<string> Executors =
        ["shared-iterations", "per-vu-iterations", "constant-vus", "ramping-vus", "constant-arrival-rate", "ramping-arrival-rate"];

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
            reader.Close();
        }

        return scenario;
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
            Rate = RequiredInteger(reader, "rate"),
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
            StartRate = reader.Integer("startRate") ?? 0,
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

    private static long RequiredInteger(ObjectReader reader, string field) => reader.Require(field) is null ? 1 : reader.Integer(field) ?? 1;

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
