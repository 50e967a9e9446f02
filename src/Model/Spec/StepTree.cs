namespace LoadTesting.Model.Spec;

/// <summary>A step and where it stands.</summary>
/// <param name="Step">The step.</param>
/// <param name="Path">Its field path.</param>
/// <param name="Depth">How many steps it stands inside of; 0 for a step of a flow itself.</param>
public sealed record StepPlace(StepSpec Step, string Path, int Depth);

/// <summary>Walks through steps, those inside of other steps too, in the order of the manifest.</summary>
public static class StepTree
{
    /// <summary>All steps of a test: setup, teardown, verify, then the flows.</summary>
    /// <param name="spec">The test.</param>
    /// <param name="path">Field path of the spec.</param>
    public static IEnumerable<StepPlace> All(LoadTestSpec spec, string path = "spec") =>
        new[] { (Name: "setup", Steps: spec.Setup), (Name: "teardown", Steps: spec.Teardown), (Name: "verify", Steps: spec.Verify) }
            .Select(l => (Path: SpecPath.Field(path, l.Name), l.Steps))
            .Concat(spec.Flows.Select(f => (Path: SpecPath.Field(SpecPath.Field(path, "flows"), f.Key), Steps: f.Value)))
            .SelectMany(l => Of(l.Steps, l.Path, 0));

    /// <summary>The steps of a list and everything inside of them.</summary>
    /// <param name="steps">The list.</param>
    /// <param name="path">The list's field path.</param>
    /// <param name="depth">How many steps the list stands inside of.</param>
    public static IEnumerable<StepPlace> Of(IReadOnlyList<StepSpec> steps, string path, int depth) =>
        steps.SelectMany((step, i) => Inside(step, SpecPath.Item(path, i), depth).Prepend(new StepPlace(step, SpecPath.Item(path, i), depth)));

    /// <summary>The lists of steps that stand directly in a step, each with its field path.</summary>
    /// <param name="step">The step.</param>
    /// <param name="path">The step's field path.</param>
    public static IEnumerable<(IReadOnlyList<StepSpec> Steps, string Path)> Lists(StepSpec step, string path) => step switch
    {
        GroupStep group => [(group.Steps, $"{path}.group.steps")],
        RepeatStep repeat => [(repeat.Steps, $"{path}.repeat.steps")],
        OneOfStep choice => choice.Branches.Select((b, i) => (b.Steps, SpecPath.Item($"{path}.oneOf", i) + ".steps")),
        ParallelStep parallel => [(parallel.Steps, $"{path}.parallel")],
        _ => [],
    };

    private static IEnumerable<StepPlace> Inside(StepSpec step, string path, int depth) => Lists(step, path).SelectMany(l => Of(l.Steps, l.Path, depth + 1));
}
