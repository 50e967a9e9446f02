namespace LoadTesting.Model.Observing;

/// <summary>What is missing of an observation.</summary>
/// <param name="Share">Share of the planned samples that did not come, 0…1.</param>
/// <param name="Failed">Share of them of which nothing is known at all: nobody answered, or with several numbers. An empty answer is not among them.</param>
/// <param name="Text">How many came and why not all, as one clause.</param>
public sealed record ObservationGap(double Share, double Failed, string Text)
{
    /// <summary>Nothing.</summary>
    public static readonly ObservationGap None = new(0, 0, "observed throughout");
}
