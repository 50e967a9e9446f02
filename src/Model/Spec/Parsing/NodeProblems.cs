using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec.Parsing;

/// <summary>Says what a node is, in the words of who wrote it.</summary>
internal static class NodeProblems
{
    public static Problem WrongType(SpecNode node, string path, string wanted) =>
        new(path, ProblemRules.Type, $"expected {wanted}, found {Describe(node)}") { Value = Text(node) };

    /// <summary>The node's own text; null for what has none.</summary>
    public static string? Text(SpecNode node) => node is SpecScalar scalar ? scalar.Text : null;

    public static string Describe(SpecNode node) => node switch
    {
        SpecMap { Entries.Count: 0 } => "an empty mapping",
        SpecMap => "a mapping",
        SpecList { Items.Count: 0 } => "an empty list",
        SpecList => "a list",
        SpecScalar { Kind: ScalarKind.Null } => "nothing",
        SpecScalar { Kind: ScalarKind.Integer } => "an integer",
        SpecScalar { Kind: ScalarKind.Float } => "a number with a fraction",
        SpecScalar { Kind: ScalarKind.Boolean } => "a boolean",
        _ => "a string",
    };
}
