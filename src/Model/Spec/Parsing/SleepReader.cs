using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec.Parsing;

/// <summary>Reads <c>sleep</c>: a duration, <c>{min, max}</c>, <c>{normal: {mean, deviation, min, max}}</c> or <c>{pareto: {min, shape, max}}</c>.</summary>
internal static class SleepReader
{
    // Beyond so many deviations a normal distribution has nothing worth having: 1 in 10^15.
    private const int Tail = 8;

    public static SleepStep Read(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (node is not SpecMap)
        {
            var pause = NodeValues.Duration(node, path, problems) ?? Duration.Zero;
            return new SleepStep { Min = pause, Max = pause };
        }

        var reader = ObjectReader.Open(node, path, problems)!;
        var sleep = reader.Object("normal") is { } normal ? ReadNormal(normal)
            : reader.Object("pareto") is { } pareto ? ReadPareto(pareto)
            : reader.Has("normal") || reader.Has("pareto") ? StepReader.Unreadable
            : ReadUniform(reader);
        reader.Close();
        return sleep;
    }

    private static SleepStep ReadUniform(ObjectReader reader)
    {
        var (min, max) = (Required(reader, "min"), Required(reader, "max"));
        return min is { } from && max is { } to ? new SleepStep { Min = from, Max = to } : StepReader.Unreadable;
    }

    private static SleepStep ReadNormal(ObjectReader reader)
    {
        var (mean, deviation) = (Required(reader, "mean") ?? Duration.Zero, Required(reader, "deviation") ?? Duration.Zero);
        var farthest = (Int128)mean.Nanoseconds + (Tail * (Int128)deviation.Nanoseconds);
        var sleep = new SleepStep
        {
            Min = reader.Duration("min") ?? Duration.Zero,
            Max = reader.Duration("max") ?? new Duration((long)Int128.Clamp(farthest, 0, long.MaxValue)),
            Normal = new NormalPause(mean, deviation),
        };
        reader.Close();
        return sleep;
    }

    private static SleepStep ReadPareto(ObjectReader reader)
    {
        var sleep = new SleepStep
        {
            Min = Required(reader, "min") ?? Duration.Zero,
            Max = Required(reader, "max") ?? Duration.Zero,
            ParetoShape = (reader.Require("shape") is null ? null : reader.Number("shape")) ?? 1,
        };
        reader.Close();
        return sleep;
    }

    private static Duration? Required(ObjectReader reader, string field) => reader.Require(field) is null ? null : reader.Duration(field);
}
