using System.Text;
using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;
using LoadTesting.Runner.Cli.Manifests;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Cli;

/// <summary>Law 8: no input reaches a crash. Whatever is read gives a load test or problems, each with a rule, a sentence and a place, and they can be printed.</summary>
public sealed class ManifestFuzzTests
{
    private static readonly string Full = File.ReadAllText(Path.Combine(RepositoryPaths.TestData, "manifests", "valid-full", "loadtest.yaml"));
    private static readonly SpecMap Root = (SpecMap)ManifestReader.ReadText("full", Full).Documents.Single().Root;
    private static readonly string[] Pieces =
    [
        ":", "- ", "\n", "  ", "{", "}", "[", "]", ",", "\"", "'", "#", "&a", "*a", "!!int", "!x", "|", ">", "---", "...", "?", "<<", "%YAML 1.1", "\t", "~", "spec", "flows", "1e999", ".inf", "0x", "é", "\u0000", "\ud800", "null",
    ];

    [Fact]
    public void Random_bytes_give_a_problem_or_a_document() =>
        Prop.ForAll<byte[]>(bytes => Holds(ManifestReader.ReadStream("noise", new MemoryStream(bytes)))).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Random_yaml_gives_a_problem_or_a_document() =>
        Prop.ForAll(Gen.Elements(Pieces).ListOf().Select(string.Concat).ToArbitrary(), text => Holds(ManifestReader.ReadText("noise.yaml", text)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void A_valid_text_with_a_piece_cut_out_or_put_in_gives_a_problem_or_a_document() =>
        Prop.ForAll(
            Gen.Choose(0, Full.Length).SelectMany(at => Gen.Choose(0, 30).SelectMany(cut => Gen.Elements(Pieces).Select(piece => (at, cut, piece)))).ToArbitrary(),
            m => Holds(ManifestReader.ReadText("mutant.yaml", string.Concat(Full.AsSpan(0, m.at), m.piece, Full.AsSpan(Math.Min(Full.Length, m.at + m.cut))))))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Whatever_node_of_a_valid_manifest_is_deleted_replaced_or_doubled_there_is_a_result_or_a_problem_with_a_path()
    {
        SpecNode[] others =
        [
            new SpecScalar("null", ScalarKind.Null, default), new SpecScalar("text", ScalarKind.String, default), new SpecScalar("", ScalarKind.String, default),
            new SpecScalar("-1", ScalarKind.Integer, default), new SpecScalar("99999999999999999999", ScalarKind.Integer, default),
            new SpecScalar("9223372036854775807", ScalarKind.Integer, default), new SpecScalar("1e308", ScalarKind.Float, default), new SpecScalar("true", ScalarKind.Boolean, default),
            new SpecList([], default), new SpecMap([], default), new SpecMap([new("", default, new SpecScalar("x", ScalarKind.String, default))], default),
            new SpecList([new SpecScalar("p(95)<1", ScalarKind.String, default), new SpecMap([], default)], default),
        ];
        var count = Size(Root);
        Assert.True(count >= 250, $"the full manifest has only {count} nodes");
        for (var i = 1; i < count; i++)
        {
            foreach (var other in others)
            {
                Holds(Changed(i, n => [n with { Value = other }]));
            }

            Holds(Changed(i, _ => []));
            Holds(Changed(i, n => [n, n]));
            Holds(Changed(i, n => [n with { Key = n.Key + "x" }]));
        }
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    [InlineData('-')]
    [InlineData('?')]
    [InlineData('"')]
    [InlineData('&')]
    public void A_long_row_of_one_character_ends_soon(char character)
    {
        var separator = character is '-' or '?' ? " " : "";
        Assert.True(Holds(ManifestReader.ReadText("row.yaml", string.Concat(Enumerable.Repeat(character + separator, 20_000)))));
    }

    private static bool Holds(ManifestFile file)
    {
        Assert.True(file.Documents.Count > 0 || file.Problems.Count > 0, "neither a document nor a problem");
        var problems = file.Problems.Concat(file.Documents.SelectMany(d => Holds(d.Root))).ToArray();
        Assert.All(problems, p => Assert.True(p.Rule.Length > 0 && p.Message.Length > 0, p.ToString()));
        Assert.Equal(problems.Length > 0, ProblemPrinter.Print(file.Source, problems).Length > 0);
        return true;
    }

    private static IReadOnlyList<Problem> Holds(SpecNode root)
    {
        var result = SpecValidator.Validate(root);
        Assert.Equal(result.IsValid, result.Problems.All(p => p.IsWarning));
        Assert.All(result.Problems, p => Assert.True((p.Path.Length > 0 || root is not SpecMap) && p.Rule.Length > 0 && p.Message.Length > 0, p.ToString()));
        if (result.Value is { } valid)
        {
            var again = SpecValidator.Validate(SpecJson.Read(SpecJson.ToUtf8(valid.Manifest), [])!);
            Assert.True(again.IsValid, string.Join('\n', again.Problems) + Encoding.UTF8.GetString(SpecJson.ToUtf8(root)));
        }

        return result.Problems;
    }

    private static int Size(SpecNode node) => 1 + node switch
    {
        SpecMap map => map.Entries.Sum(e => Size(e.Value)),
        SpecList list => list.Items.Sum(Size),
        _ => 0,
    };

    /// <summary>The manifest with its n-th node (in document order, 0 = the root) changed as an entry.</summary>
    private static SpecNode Changed(int index, Func<SpecEntry, SpecEntry[]> change)
    {
        var at = 0;
        return Visit(Root);

        SpecNode Visit(SpecNode node) => node switch
        {
            SpecMap map => map with { Entries = [.. map.Entries.SelectMany(e => Entry(e))] },
            SpecList list => list with { Items = [.. list.Items.SelectMany(item => Entry(new SpecEntry("", default, item)).Select(e => e.Value))] },
            _ => node,
        };

        SpecEntry[] Entry(SpecEntry entry)
        {
            if (++at == index)
            {
                at += Size(entry.Value) - 1;
                return change(entry);
            }

            return [entry with { Value = Visit(entry.Value) }];
        }
    }
}
