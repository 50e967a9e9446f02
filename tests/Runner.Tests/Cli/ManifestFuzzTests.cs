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
            new SpecScalar("${env.REGION}", ScalarKind.String, default), new SpecScalar("${int('7') * 2}s", ScalarKind.String, default), new SpecScalar("${[1, 2.5", ScalarKind.String, default),
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

    [Fact]
    public void Whatever_expression_stands_for_a_number_there_is_a_value_or_a_problem()
    {
        string[] expressions =
        [
            "env.REGION", "env.GONE", "env", "vars", "vars.page", "env['x']", "1", "-1", "0", "1.5", "1e300", "9223372036854775807", "18446744073709551615u", "9223372036854775807 + 1", "1/0", "0.0/0.0", "1.0/0.0",
            "''", "'abc'", "' 7 '", "'1e5'", "'${'", "null", "true", "[]", "{}", "[1]", "b'x'", "int('7')", "duration('7s')", "timestamp('2020-01-01T00:00:00Z')", "type(1)", "now()", "uuid()", "randomInt(1, 2)",
            "default(env.GONE, '7')", "vu.id", "data", "setup.x", "status", "range(100000000)", "'x'.matches('(')", "", " ", "}", "{", "1 +", "\u0000", "\ud800",
        ];
        string[] shapes = ["${#}", "${#}s", "a${#}", "$${#}", "${#}${#}", "${#", "p(95)<${#}", "${default(#, 5)}", "${string(#)}", "${int(#) * 2}"];
        var texts = expressions.SelectMany(e => shapes.Select(s => new SpecScalar(s.Replace("#", e, StringComparison.Ordinal), ScalarKind.String, default))).ToArray();
        var places = Enumerable.Range(1, Size(Root) - 1).Where(i => IsLoadField(i)).ToArray();
        Assert.True(places.Length >= 20, $"the full manifest has only {places.Length} load fields");
        Prop.ForAll(Gen.Elements(places).SelectMany(i => Gen.Elements(texts).Select(t => (Place: i, Text: t))).ToArbitrary(), m =>
        {
            Holds(Changed(m.Place, n => [n with { Value = m.Text }]));
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1500));

        bool IsLoadField(int index)
        {
            var found = "";
            Changed(index, n =>
            {
                found = n.Key;
                return [n];
            });
            return LoadFields.Spec.ContainsKey(found) || LoadFields.Scenario.ContainsKey(found) || LoadFields.Stage.ContainsKey(found) || LoadFields.Mix.ContainsKey(found) || LoadFields.Runners.ContainsKey(found)
                || LoadFields.Threshold.ContainsKey(found);
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
