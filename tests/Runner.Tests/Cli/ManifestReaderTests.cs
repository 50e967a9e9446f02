using System.Text;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;
using LoadTesting.Runner.Cli.Manifests;

namespace LoadTesting.Runner.Tests.Cli;

public sealed class ManifestReaderTests
{
    [Theory]
    [InlineData("yes", ScalarKind.String, "yes")]
    [InlineData("off", ScalarKind.String, "off")]
    [InlineData("True", ScalarKind.Boolean, "true")]
    [InlineData("~", ScalarKind.Null, "null")]
    [InlineData("", ScalarKind.Null, "null")]
    [InlineData("12", ScalarKind.Integer, "12")]
    [InlineData("+012", ScalarKind.Integer, "12")]
    [InlineData("-0", ScalarKind.Integer, "0")]
    [InlineData("0x1F", ScalarKind.Integer, "31")]
    [InlineData("0o17", ScalarKind.Integer, "15")]
    [InlineData("-0x1F", ScalarKind.String, "-0x1F")]
    [InlineData("0b101", ScalarKind.String, "0b101")]
    [InlineData("1_000", ScalarKind.String, "1_000")]
    [InlineData(".5", ScalarKind.Float, "0.5")]
    [InlineData("-01.", ScalarKind.Float, "-1.0")]
    [InlineData("1e3", ScalarKind.Float, "1.0e3")]
    [InlineData("1e", ScalarKind.String, "1e")]
    [InlineData("1.2.3", ScalarKind.String, "1.2.3")]
    [InlineData("30s", ScalarKind.String, "30s")]
    [InlineData("\"12\"", ScalarKind.String, "12")]
    [InlineData("'true'", ScalarKind.String, "true")]
    [InlineData("!!str 12", ScalarKind.String, "12")]
    [InlineData("!!float 12", ScalarKind.Float, "12")]
    [InlineData("2026-01-01", ScalarKind.String, "2026-01-01")]
    public void Plain_scalars_follow_the_core_schema(string written, ScalarKind kind, string text)
    {
        var scalar = Assert.IsType<SpecScalar>(Map($"key: {written}\n")["key"]);
        Assert.Equal((kind, text), (scalar.Kind, scalar.Text));
    }

    [Theory]
    [InlineData("key: .inf", "type")]
    [InlineData("key: !!int text", "type")]
    [InlineData("key: !mine 5", "syntax")]
    [InlineData("key: !mine [5]", "syntax")]
    [InlineData("[a, b]: c", "syntax")]
    [InlineData("? {a: b}\n: c", "syntax")]
    [InlineData("<<: text", "syntax")]
    [InlineData("a: \"\\q\"", "syntax")]
    [InlineData("a: b: c", "syntax")]
    [InlineData("a: 1\u0000", "syntax")]
    public void What_cannot_be_used_is_a_problem_with_its_line(string text, string rule)
    {
        var problem = Assert.Single(ManifestReader.ReadText("x.yaml", text).Problems);
        Assert.Equal(rule, problem.Rule);
        Assert.True(problem.Position.Line >= 1);
        Assert.DoesNotContain("   at ", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Positions_are_those_of_the_text()
    {
        var map = Map("a:\n  - b: c\n    d: {e: 1}\n");
        var item = Assert.IsType<SpecMap>(Assert.IsType<SpecList>(map["a"]).Items[0]);
        Assert.Equal(new SourcePosition(3, 5), item.Entries[1].KeyPosition);
        Assert.Equal(new SourcePosition(3, 12), Assert.IsType<SpecMap>(item["d"])["e"]!.Position);
    }

    [Fact]
    public void Aliases_stand_for_what_they_name_and_merge_keys_give_way_to_written_ones()
    {
        var map = Map("base: &b {x: 1, y: 2}\nother: &o {y: 9, z: 3}\nuse: {<<: [*b, *o], x: 7}\nquoted: {\"<<\": 1}\n");
        var use = Assert.IsType<SpecMap>(map["use"]);
        Assert.Equal([("x", "7"), ("y", "2"), ("z", "3")], use.Entries.Select(e => (e.Key, ((SpecScalar)e.Value).Text)));
        Assert.NotNull(Assert.IsType<SpecMap>(map["quoted"])["<<"]);
    }

    [Fact]
    public void All_load_tests_of_a_file_are_read_in_order_and_others_are_left_out()
    {
        var file = ManifestReader.ReadText("x.yaml", "kind: LoadTest\nn: 1\n---\napiVersion: v1\nkind: Service\n---\n# none\n---\nkind: LoadTest\nn: 2\n");
        Assert.Empty(file.Problems);
        Assert.Equal(["1", "2"], file.Documents.Select(d => ((SpecScalar)((SpecMap)d.Root)["n"]!).Text));
    }

    [Fact]
    public void Documents_before_a_syntax_error_are_still_checked()
    {
        var file = ManifestReader.ReadText("x.yaml", "kind: LoadTest\n---\na: [1\n");
        Assert.Single(file.Documents);
        Assert.Equal("syntax", Assert.Single(file.Problems).Rule);
    }

    [Fact]
    public void Json_files_are_read_as_json_tabs_and_all()
    {
        var file = ManifestReader.ReadText("x.json", "{\n\t\"kind\": \"LoadTest\"\n}");
        Assert.Empty(file.Problems);
        Assert.Equal(new SourcePosition(2, 2), Assert.IsType<SpecMap>(Assert.Single(file.Documents).Root).Entries[0].KeyPosition);
    }

    [Fact]
    public void Files_that_cannot_be_read_say_why()
    {
        var folder = Directory.CreateTempSubdirectory("manifests-");
        try
        {
            var large = Path.Combine(folder.FullName, "large.yaml");
            File.WriteAllText(large, new string('#', ManifestReader.MostBytes + 1));
            foreach (var (path, reason) in new[] { (folder.FullName, "directory"), (Path.Combine(folder.FullName, "none.yaml"), "no such file"), (large, "larger than 4 MiB"), ("", "empty"), ("a\0b", "read") })
            {
                var problem = Assert.Single(ManifestReader.ReadFile(path).Problems);
                Assert.Equal("file", problem.Rule);
                Assert.Contains(reason, problem.Message, StringComparison.Ordinal);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Standard_input_is_read_for_a_dash_and_a_byte_order_mark_is_no_text()
    {
        var file = ManifestReader.Read("-", new MemoryStream([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("kind: LoadTest\n")]));
        Assert.Equal("stdin", file.Source.Name);
        Assert.Empty(file.Problems);
        Assert.Equal("kind", Assert.IsType<SpecMap>(Assert.Single(file.Documents).Root).Entries[0].Key);
    }

    [Fact]
    public void Problems_are_printed_in_order_with_line_caret_and_nothing_that_steers_a_terminal()
    {
        var source = new ManifestSource("x.yaml", "a: 1\nwhen: 'status ==\x1b[31m'\n");
        var text = ProblemPrinter.Print(source,
        [
            new Problem("when", "expression", "wrong") { Value = "status ==\x1b[31m", Offset = 7, Position = new(2, 7), Suggestion = "status" },
            new Problem("a", "type", "first") { Position = new(1, 4), IsWarning = true },
            new Problem("", "file", "no place"),
        ]);
        Assert.Equal(
            "x.yaml: no place [file]\n"
            + "x.yaml:1:4: warning: a: first [type]\n    1 | a: 1\n      |    ^\n"
            + "x.yaml:2:15: when: wrong (got \"status ==\\u001b[31m\") [expression] did you mean \"status\"?\n    2 | when: 'status ==\\u001b[31m'\n      |               ^\n",
            text);
    }

    private static SpecMap Map(string text)
    {
        var file = ManifestReader.ReadText("x.yaml", text);
        Assert.Empty(file.Problems);
        return Assert.IsType<SpecMap>(Assert.Single(file.Documents).Root);
    }
}
