using LoadTesting.Model.Validation;

namespace LoadTesting.Runner.Cli.Manifests;

/// <summary>What a file held.</summary>
/// <param name="Source">The file.</param>
/// <param name="Documents">The load tests in it, in order; documents for others are left out.</param>
/// <param name="Problems">Why it could not be read (entirely). What documents mean is not checked yet.</param>
public sealed record ManifestFile(ManifestSource Source, IReadOnlyList<ManifestDocument> Documents, IReadOnlyList<Problem> Problems);
