using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Check = FsCheck.Check;

namespace LoadTesting.Expressions.Tests;

/// <summary>Fields taken out of a document in one pass are what the whole document has there.</summary>
public class JsonFieldsTests
{
    private static readonly CelEnvironment Environment = Cel.Environment.WithVariable("json", CelType.Dyn).WithVariable("other", CelType.Dyn);

    private static readonly string[] Sources =
    [
        "json.a", "json.b.c", "json.a == json.b.a", "default(json.c, 'none')", "json.b.c.a + 1", "[json.a, json.b.b, json.c.c]", "json.a.a == 1 || json.a == 2", "string(json.c) + other",
    ];

    [Theory]
    [InlineData("json.a", "json.a")]
    [InlineData("json.a.b == 1 && json.c > other", "json.a.b,json.c,other")]
    [InlineData("json", "json")]
    [InlineData("json.a + json['b']", "json.a,json")]
    [InlineData("has(json.a.b)", "json.a")]
    [InlineData("json.items.map(i, i.a)", "json.items")]
    [InlineData("cel.bind(j, json, j.a)", "json")]
    [InlineData("[1].map(json, json)", "")]
    [InlineData("default(json.a, other.b)", "json.a,other.b")]
    public void A_program_knows_the_fields_that_it_reads(string source, string reads)
    {
        Assert.Equal(reads, string.Join(',', Compile(source).Reads.Select(r => string.Join('.', r.Fields.Prepend(r.Variable)))));
    }

    [Theory]
    [InlineData("json.a", true)]
    [InlineData("other.a", false)]
    [InlineData("json.a == 1 || size(json) == 1", false)]
    [InlineData("json.a.b.c", true)]
    public void Fields_are_taken_where_nothing_else_is_wanted(string source, bool isMade)
    {
        Assert.Equal(isMade, CelJsonFields.ReadBy([Compile(source)], "json") is not null);
    }

    [Theory]
    [InlineData("""{"a":1,"x":[{"a":2}],"c":null}""", "{'a': 1, 'c': null}")]
    [InlineData("""{"a":1,"a":2.5}""", "{'a': 2.5}")]
    [InlineData("""{"\u0061":"\ud83d\ude80"}""", "{'a': '🚀'}")]
    [InlineData("""{"b":{"a":1,"c":{"x":1}},"b":{"d":true}}""", "{'b': {'d': true}}")]
    [InlineData("""{"b":{}}""", "{'b': {}}")]
    [InlineData("""{"b":{"d":1},"b":{}}""", "{'b': {}}")]
    [InlineData("{}", "{}")]
    [InlineData("""{"a":[]}""", null)]
    [InlineData("""{"a":{}}""", null)]
    [InlineData("""{"b":1}""", null)]
    [InlineData("""{"a":1}}""", null)]
    [InlineData("""{"a":1} 1""", null)]
    [InlineData("""{"a":1,"x":tru}""", null)]
    [InlineData("""{"a":1,"x":"\ud800"}""", null)]
    [InlineData("""[{"a":1}]""", null)]
    [InlineData("1", null)]
    [InlineData("", null)]
    public void What_is_not_simple_is_left_to_the_document(string json, string? expected)
    {
        var fields = CelJsonFields.ReadBy([Compile("json.a == json.c"), Compile("json.b.d")], "json")!;

        Assert.Equal(expected is not null, fields.TryRead(Encoding.UTF8.GetBytes(json), out var value));
        Assert.True(expected is null || Cel.Run(expected).Equals(value), value.ToString());
    }

    [Fact]
    public void An_expression_gives_the_same_with_the_fields_as_with_the_document()
    {
        var taken = 0;
        var texts = Document(3).ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(texts, Gen.Elements(Sources).Two().ToArbitrary(), (document, sources) =>
        {
            var programs = new[] { Compile(sources.Item1), Compile(sources.Item2) };
            var utf8 = Encoding.UTF8.GetBytes(document);
            if (!CelJsonFields.ReadBy(programs, "json")!.TryRead(utf8, out var fields)) return true;
            taken++;
            var whole = CelJson.Parse(utf8);
            return !whole.IsError && Array.TrueForAll(programs, p => Same(Evaluate(p, fields), Evaluate(p, whole)));
        }));

        Assert.InRange(taken, 300, int.MaxValue);
    }

    private static bool Same(in CelValue one, in CelValue other) => one.IsError && other.IsError ? one.AsError == other.AsError : one.Equals(other);

    private static CelValue Evaluate(CelProgram program, in CelValue json)
    {
        var activation = new CelActivation(Environment, new SeededHost(1));
        activation.Set("json", json);
        activation.Set("other", CelValue.Of("text"));
        return program.Evaluate(activation);
    }

    private static CelProgram Compile(string source) => CelCompiler.Compile(source, Environment).Program!;

    /// <summary>Objects with few names, so that they repeat, and now and then a character too many.</summary>
    private static Gen<string> Document(int depth) =>
        from text in Object(depth)
        from noise in Gen.Frequency((12, Gen.Constant("")), (1, Gen.Elements("}", ",", "1", " ", "\0", "\"", "nul")))
        from at in Gen.Choose(0, text.Length)
        select text.Insert(at, noise);

    private static Gen<string> Object(int depth) =>
        from count in Gen.Choose(0, 4)
        from names in Gen.Elements("a", "b", "c", "\\u0061", "x\\n").ListOf(count)
        from values in Value(depth - 1).ListOf(count)
        select $"{{{string.Join(", ", names.Zip(values, (n, v) => $"\"{n}\":{v}"))}}}";

    private static Gen<string> Value(int depth) => depth == 0 ? Scalar : Gen.Frequency((4, Scalar), (4, Object(depth)), (1, Value(depth - 1).ListOf(2).Select(v => $"[{string.Join(',', v)}]")));

    private static Gen<string> Scalar => Gen.Elements(
        "1", "-0", "2", "1.0", "1e3", "9223372036854775807", "9223372036854775808", "1e999", "-1.5e-400", "true", "false", "null", "\"\"", "\"text\"", "\"\\\"\\u00e4\\ud83d\\ude80\"", "\"\\ud800\"", "01", "ä", "\"ä\"");
}
