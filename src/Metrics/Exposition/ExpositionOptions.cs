namespace LoadTesting.Metrics.Exposition;

/// <summary>How histograms are written. Schemas are those of <see cref="BucketLayout"/>, -4 to 8; none is written finer than it was recorded.</summary>
public sealed record ExpositionOptions
{
    /// <summary>What the project's own collector asks for: native histograms as recorded.</summary>
    public static ExpositionOptions Default { get; } = new();

    /// <summary>What other people's Prometheus gets: at most 1.1 % error, an eighth of the buckets.</summary>
    public static ExpositionOptions ThirdParty { get; } = new() { NativeSchema = 5 };

    /// <summary>Resolution of native histograms. Default 8, which loses nothing.</summary>
    public int NativeSchema { get; init; } = BucketLayout.FinestSchema;

    /// <summary>
    /// Resolution of classic buckets. Default 2: four per power of two, error at most 8.7 %. Their bounds are native bounds too, so counts stay exact; with 8
    /// the text formats lose nothing either, at some hundred lines per series.
    /// </summary>
    public int ClassicSchema { get; init; } = 2;
}
