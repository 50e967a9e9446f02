using System.Globalization;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec.Parsing;

/// <summary>Reads the steps that have steps inside.</summary>
internal static class ControlReader
{
    private static readonly string[] Loops = ["times", "while", "each"];

    public static StepSpec ReadGroup(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return StepReader.Unreadable;
        }

        var group = new GroupStep { Name = reader.RequiredString("name") ?? "", Steps = ReadSteps(reader) };
        reader.Close();
        return group;
    }

    public static StepSpec ReadRepeat(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return StepReader.Unreadable;
        }

        var given = Loops.Where(reader.Has).ToArray();
        if (given.Length != 1)
        {
            problems.Add(new Problem(path, "repeat", "a repeat has exactly one of times (a number), while (a condition) and each (a list)"));
        }

        var repeat = new RepeatStep
        {
            Times = reader.Node("times") is { } times ? ReadTimes(times, reader.PathOf("times"), problems) : null,
            While = reader.String("while"),
            Each = reader.String("each"),
            AtMost = reader.Integer("atMost"),
            As = reader.String("as"),
            Steps = ReadSteps(reader),
        };
        reader.Close();
        return repeat;
    }

    public static WeightedSteps ReadBranch(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return new WeightedSteps(1, []);
        }

        if (reader.Has("flow") == reader.Has("steps"))
        {
            problems.Add(new Problem(path, "oneOf", "a branch has a weight and either steps or the name of a flow, as in {weight: 70, flow: browse}"));
        }

        IReadOnlyList<StepSpec> steps = reader.Has("steps") ? reader.List("steps", StepReader.Read) : [];
        if (reader.String("flow") is { } flow && steps.Count == 0)
        {
            steps = [new CallStep { Flow = flow }];
        }

        var branch = new WeightedSteps((reader.Require("weight") is null ? null : reader.Number("weight")) ?? 1, steps);
        reader.Close();
        return branch;
    }

    private static IReadOnlyList<StepSpec> ReadSteps(ObjectReader reader) => reader.Require("steps") is null ? [StepReader.Unreadable] : reader.List("steps", StepReader.Read);

    private static string? ReadTimes(SpecNode node, string path, ICollection<Problem> problems) => node is SpecScalar { Kind: ScalarKind.Integer }
        ? NodeValues.Integer(node, path, problems)?.ToString(CultureInfo.InvariantCulture)
        : NodeValues.String(node, path, problems);
}
