using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec.Parsing;

/// <summary>Reads steps: a mapping with exactly one of <c>request</c>, <c>sleep</c>, <c>set</c>, <c>check</c>, and perhaps <c>when</c>.</summary>
internal static class StepReader
{
    private static readonly string[] Kinds = ["request", "sleep", "set", "check"];

    // Stands for a step that could not be read, so that the others keep their index.
    private static readonly SleepStep Unreadable = new() { Min = Duration.Zero, Max = Duration.Zero };

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
                ? "a step has exactly one of request, sleep, set and check; this one has none"
                : $"a step has exactly one of request, sleep, set and check; this one has {string.Join(" and ", given)}: make them steps of their own"));
        }

        StepSpec? step = null;
        foreach (var kind in given)
        {
            var value = reader.Node(kind)!;
            var valuePath = reader.PathOf(kind);
            StepSpec read = kind switch
            {
                "request" => RequestReader.Read(value, valuePath, problems) is { } request ? request : Unreadable,
                "sleep" => ReadSleep(value, valuePath, problems),
                "set" => new SetStep { Values = NodeValues.Map(value, valuePath, problems, NodeValues.String) },
                _ => new CheckStep { Checks = NodeValues.Map(value, valuePath, problems, NodeValues.String) },
            };
            step ??= read;
        }

        step = (step ?? Unreadable) with { When = reader.String("when") };
        reader.Close("group", "parallel", "repeat", "choose", "log", "run");
        return step;
    }

    private static SleepStep ReadSleep(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (node is not SpecMap)
        {
            var fixedPause = NodeValues.Duration(node, path, problems) ?? Duration.Zero;
            return new SleepStep { Min = fixedPause, Max = fixedPause };
        }

        var reader = ObjectReader.Open(node, path, problems)!;
        var min = reader.Require("min") is null ? null : reader.Duration("min");
        var max = reader.Require("max") is null ? null : reader.Duration("max");
        reader.Close();
        return min is { } from && max is { } to ? new SleepStep { Min = from, Max = to } : Unreadable;
    }
}
