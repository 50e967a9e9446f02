namespace LoadTesting.Model.Validation;

/// <summary>What is known of a test's inputs once they were read, right before a run: more than the manifest alone tells.</summary>
public sealed record KnownInputs
{
    /// <summary>The variables of <c>spec.env</c> that have a value; null = all that are declared count.</summary>
    public IReadOnlyCollection<string>? Env { get; init; }

    /// <summary>The columns of feeders, by feeder; one that is not there is not known.</summary>
    public IReadOnlyDictionary<string, FeederColumns> Columns { get; init; } = new Dictionary<string, FeederColumns>();
}

/// <summary>The columns of a feeder's rows.</summary>
/// <param name="Names">Every field that at least one row has.</param>
/// <param name="AreTexts">Whether all values are strings, as in a CSV file.</param>
public sealed record FeederColumns(IReadOnlyCollection<string> Names, bool AreTexts);
