using System.Globalization;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec.Parsing;

/// <summary>Reads sets of statuses: <c>[200, 302, {min: 300, max: 399}, "2xx"]</c>, or one of these alone.</summary>
public static class StatusesReader
{
    private const string Wanted = "a status (200), a range ({min: 300, max: 399}) or a class (\"2xx\")";

    /// <summary>Reads the set; null, with a problem, when nothing is in it.</summary>
    public static ExpectedStatuses? Read(SpecNode node, string path, ICollection<Problem> problems)
    {
        IReadOnlyList<SpecNode> items = node is SpecList list ? list.Items : [node];
        if (items.Count == 0)
        {
            problems.Add(new Problem(path, ProblemRules.Required, $"no status would ever be expected; give {Wanted}"));
            return null;
        }

        // One that cannot be read stands as a harmless one, so that the others keep their index.
        return new ExpectedStatuses([.. items.Select((item, i) => ReadRange(item, SpecPath.Item(path, i), problems) ?? new StatusRange(200, 200))]);
    }

    internal static ExpectedStatuses? ReadExpect(ObjectReader owner)
    {
        if (owner.Object("expect") is not { } reader)
        {
            return null;
        }

        var statuses = reader.Require("status") is { } node ? Read(node, reader.PathOf("status"), owner.Problems) : null;
        reader.Close();
        return statuses;
    }

    private static StatusRange? ReadRange(SpecNode node, string path, ICollection<Problem> problems)
    {
        switch (node)
        {
            case SpecScalar { Kind: ScalarKind.Integer } scalar:
                if (int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var status))
                {
                    return new StatusRange(status, status);
                }

                problems.Add(new Problem(path, ProblemRules.Range, "a status has three digits") { Value = scalar.Text });
                return null;
            case SpecScalar { Kind: ScalarKind.String, Text: [>= '1' and <= '5', 'x' or 'X', 'x' or 'X'] text }:
                var hundred = (text[0] - '0') * 100;
                return new StatusRange(hundred, hundred + 99);
            case SpecMap:
                var reader = ObjectReader.Open(node, path, problems)!;
                var (min, max) = (reader.Require("min") is null ? null : reader.SmallInteger("min"), reader.Require("max") is null ? null : reader.SmallInteger("max"));
                reader.Close();
                return min is { } from && max is { } to ? new StatusRange(from, to) : null;
            default:
                problems.Add(NodeProblems.WrongType(node, path, Wanted) with
                {
                    Suggestion = node is SpecScalar { Kind: ScalarKind.String } quoted && int.TryParse(quoted.Text, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? quoted.Text : null,
                });
                return null;
        }
    }
}
