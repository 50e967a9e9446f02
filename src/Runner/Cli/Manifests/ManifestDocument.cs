using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Runner.Cli.Manifests;

/// <summary>One document of a manifest file.</summary>
/// <param name="File">The file it stands in.</param>
/// <param name="Index">0-based number in the file.</param>
/// <param name="Root">Its content.</param>
public sealed record ManifestDocument(ManifestSource File, int Index, SpecNode Root)
{
    /// <summary>Whether it is meant for others (a Service beside the load test, say): another kind of another API group.</summary>
    public bool IsForOthers =>
        Root is SpecMap map
        && map["kind"] is SpecScalar { Kind: ScalarKind.String } kind && map["apiVersion"] is SpecScalar { Kind: ScalarKind.String } version
        && !kind.Text.Contains(ManifestIdentity.Kind, StringComparison.OrdinalIgnoreCase)
        && !version.Text.StartsWith(ManifestIdentity.Group, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads it, applies a run's overrides and checks the result.</summary>
    public Validated<ValidLoadTest> Validate(RunOverrides? overrides = null) => SpecValidator.Validate(Root, overrides);
}

/// <summary>Where a manifest came from.</summary>
/// <param name="Name">As shown to people: the path as given, or <c>stdin</c>.</param>
/// <param name="Text">The whole text; empty when it could not be read.</param>
public sealed record ManifestSource(string Name, string Text)
{
    /// <summary>A line of the text, without its end; null when there is none.</summary>
    /// <param name="line">1-based.</param>
    public string? Line(int line)
    {
        var rest = Text.AsSpan();
        for (var current = 1; current <= line; current++)
        {
            var end = rest.IndexOf('\n');
            if (current == line)
            {
                return (end < 0 ? rest : rest[..end]).TrimEnd('\r').ToString();
            }

            if (end < 0)
            {
                break;
            }

            rest = rest[(end + 1)..];
        }

        return null;
    }
}
