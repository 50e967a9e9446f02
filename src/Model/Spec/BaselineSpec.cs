namespace LoadTesting.Model.Spec;

/// <summary>Which earlier run to compare with: one by name, or the last one that passed with the same load. At the desk <c>--baseline FILE</c> names its report.</summary>
public sealed record BaselineSpec
{
    /// <summary>Name of a run; null with <see cref="LastPassed"/>.</summary>
    public string? Run { get; init; }

    /// <summary>The last run of this test that passed with the same load and the same runners. Default false.</summary>
    public bool LastPassed { get; init; }
}
