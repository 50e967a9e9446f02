using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec.Parsing;

/// <summary>Reads steps: a mapping with exactly one kind of step, and perhaps <c>when</c>.</summary>
internal static class StepReader
{
    private static readonly string[] Kinds = ["request", "sleep", "set", "check", "record", "group", "repeat", "oneOf", "parallel", "call", "job", "fail", "abort", "log"];

    private static readonly string KindsText = $"{string.Join(", ", Kinds[..^1])} and {Kinds[^1]}";

    /// <summary>Stands for a step that could not be read, so that the others keep their index.</summary>
    public static readonly SleepStep Unreadable = new() { Min = Duration.Zero, Max = Duration.Zero };

    public static IReadOnlyList<StepSpec> ReadList(SpecNode node, string path, ICollection<Problem> problems) => NodeValues.List(node, path, problems, Read);

    public static StepSpec Read(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return Unreadable;
        }

        var given = Kinds.Where(reader.Has).ToArray();
        if (given.Length != 1)
        {
            problems.Add(new Problem(path, "step", given.Length == 0
                ? $"a step has exactly one of {KindsText}; this one has none"
                : $"a step has exactly one of {KindsText}; this one has {string.Join(" and ", given)}: make them steps of their own"));
        }

        StepSpec? step = null;
        foreach (var kind in given)
        {
            var read = ReadKind(kind, reader.Node(kind)!, reader.PathOf(kind), problems);
            step ??= read;
        }

        step = (step ?? Unreadable) with { When = reader.String("when") };
        reader.Close("choose", "run");
        return step;
    }

    private static StepSpec ReadKind(string kind, SpecNode value, string path, ICollection<Problem> problems) => kind switch
    {
        "request" => RequestReader.Read(value, path, problems) is { } request ? request : Unreadable,
        "sleep" => SleepReader.Read(value, path, problems),
        "set" => new SetStep { Values = NodeValues.Map(value, path, problems, NodeValues.String) },
        "check" => new CheckStep { Checks = NodeValues.Map(value, path, problems, NodeValues.String) },
        "record" => new RecordStep { Samples = NodeValues.List(value, path, problems, RequestReader.ReadRecord) },
        "group" => ControlReader.ReadGroup(value, path, problems),
        "repeat" => ControlReader.ReadRepeat(value, path, problems),
        "oneOf" => new OneOfStep { Branches = NodeValues.List(value, path, problems, ControlReader.ReadBranch) },
        "parallel" => new ParallelStep { Steps = ReadList(value, path, problems) },
        "call" => new CallStep { Flow = NodeValues.String(value, path, problems) ?? "" },
        "job" => JobReader.Read(value, path, problems),
        "log" => new LogStep { Message = NodeValues.String(value, path, problems) ?? "" },
        _ => new StopStep { Reason = NodeValues.String(value, path, problems) ?? "", EndsRun = kind == "abort" },
    };
}
