using System.Buffers;
using System.Text;

namespace LoadTesting.Expressions.Tests;

/// <summary>Expressions within text.</summary>
public class TemplateTests
{
    [Theory]
    [InlineData("${uuid()}")]
    [InlineData("${(uuid())}")]
    [InlineData("a ${uuid()}")]
    [InlineData("${uuid() + ' \\u00e4\\n\"'}")]
    [InlineData("${randomInt(1, 1000)}")]
    [InlineData("${randomString(20)}")]
    [InlineData("${[uuid(), 1, {'a': null}]}")]
    [InlineData("${1.5}")]
    [InlineData("plain \"text\"")]
    [InlineData("")]
    public void What_is_written_as_json_is_the_value_as_json(string text)
    {
        var template = CelTemplate.Compile(text, Cel.Environment).Template!;
        var (one, other, output) = (new CelActivation(Cel.Environment, new SeededHost(7)), new CelActivation(Cel.Environment, new SeededHost(7)), new ArrayBufferWriter<byte>());
        for (var i = 0; i < 50; i++)
        {
            output.ResetWrittenCount();

            Assert.Null(template.WriteJson(one, output));
            Assert.Equal(CelJson.ToText(template.Evaluate(other)), Encoding.UTF8.GetString(output.WrittenSpan));
        }
    }

    [Theory]
    [InlineData("${1 / int('0')}")]
    [InlineData("a ${1 / int('0')}")]
    public void What_is_no_value_is_not_written_as_json(string text)
    {
        var output = new ArrayBufferWriter<byte>();
        var template = CelTemplate.Compile(text, Cel.Environment).Template!;

        Assert.Equal(CelErrorCode.DivisionByZero, template.WriteJson(new CelActivation(Cel.Environment, new SeededHost(1)), output)!.Code);
        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public void What_is_written_as_json_has_a_limit_too()
    {
        var environment = Cel.Environment.WithLimits(CelLimits.Default with { Steps = 0 });
        var template = CelTemplate.Compile("${uuid()}", environment).Template!;

        Assert.Equal(CelErrorCode.LimitExceeded, template.WriteJson(new CelActivation(environment, new SeededHost(1)), new ArrayBufferWriter<byte>())!.Code);
    }

    private static readonly CelEnvironment Environment = Cel.Environment.WithVariable("x", CelType.Dyn).WithVariable("name", CelType.String);

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("a ${1 + 1} b", "a 2 b")]
    [InlineData("${name}${name}", "AdaAda")]
    [InlineData("/items/${x.id}?q=${urlEncode(x.q)}", "/items/7?q=a%26b")]
    [InlineData("$${name}", "${name}")]
    [InlineData("cost: $5 ${name} $", "cost: $5 Ada $")]
    [InlineData("$$ ${name}", "$$ Ada")]
    [InlineData("${{'a': {'b': 'c'}}.a.b}!", "c!")]
    [InlineData("${'}' + \"{\" + '\\'}'}!", "}{'}!")]
    [InlineData("${r'\\'}!", "\\!")]
    [InlineData("${'''}'''}!", "}!")]
    [InlineData("${name // not the end: }\n}!", "Ada!")]
    [InlineData("v=${null} ${true} ${1.5} ${[1, 'a']} ${{'k': null}} ${duration('90s')}", "v=null true 1.5 [1,\"a\"] {\"k\":null} 90s")]
    [InlineData("ä${name}🚀", "äAda🚀")]
    public void Expressions_are_replaced_by_their_text(string text, string expected)
    {
        var template = Compile(text);
        var activation = Activation();
        var output = new ArrayBufferWriter<byte>();

        Assert.Equal(CelValue.Of(expected), template.Render(activation));
        Assert.Null(template.Render(activation, output));
        Assert.Equal(expected, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Theory]
    [InlineData("${x.id}", "7")]
    [InlineData("${[1, 2.5]}", "[1, 2.5]")]
    [InlineData("${x.q == 'a&b'}", "true")]
    [InlineData("${name}", "'Ada'")]
    [InlineData(" ${x.id}", "' 7'")]
    [InlineData("${1}${2}", "'12'")]
    [InlineData("7", "'7'")]
    public void A_text_that_is_one_whole_expression_keeps_the_type(string text, string expected)
    {
        Assert.Equal(Cel.Run(expected), Compile(text).Evaluate(Activation()));
    }

    [Theory]
    [InlineData("${nam}", 2, "there is no variable 'nam'", "name")]
    [InlineData("a\nb ${name +}", 12, "a value is missing before the end", null)]
    [InlineData("open ${name", 5, "'${' has no matching '}'; write '$${' for the characters themselves", null)]
    [InlineData("${'}", 0, "'${' has no matching '}'; write '$${' for the characters themselves", null)]
    [InlineData("${}", 2, "the expression is empty", null)]
    public void A_mistake_is_placed_in_the_whole_text(string text, int offset, string message, string? suggestion)
    {
        var compilation = CelTemplate.Compile(text, Environment);

        var issue = Assert.Single(compilation.Issues);
        Assert.Null(compilation.Template);
        Assert.Equal((offset, message, suggestion), (issue.Offset, issue.Message, issue.Suggestion));
    }

    [Fact]
    public void Mistakes_of_all_expressions_are_found_at_once()
    {
        var issues = CelTemplate.Compile("${nam} and\n${name + 1}", Environment).Issues;

        Assert.Equal([(1, 3), (2, 3)], issues.Select(i => (i.Line, i.Column)));
    }

    [Fact]
    public void A_failing_expression_is_the_templates_error()
    {
        var template = Compile("a ${x.missing} b");

        Assert.Equal(CelErrorCode.NoSuchKey, template.Render(Activation()).AsError.Code);
        Assert.Equal(CelErrorCode.NoSuchKey, template.Evaluate(Activation()).AsError.Code);
        Assert.Equal(CelErrorCode.NoSuchKey, template.Render(Activation(), new ArrayBufferWriter<byte>())!.Code);
    }

    [Fact]
    public void Bytes_go_out_as_they_are()
    {
        var output = new ArrayBufferWriter<byte>();

        Assert.Null(Compile("<${b'\\x00\\xff'}>").Render(Activation(), output));
        Assert.Equal(new byte[] { (byte)'<', 0, 255, (byte)'>' }, output.WrittenSpan.ToArray());
    }

    [Fact]
    public void A_template_knows_what_it_reads_and_whether_it_is_constant()
    {
        Assert.Equal(["name", "x"], Compile("${x.id} ${name} ${x.q}").References.ToArray());
        Assert.True(Compile("a $${ ${1 + 1}").IsConstant);
        Assert.False(Compile("${uuid()}").IsConstant);
        Assert.Equal(CelType.Int, Compile("${1 + size(name)}").ResultType);
        Assert.Equal(CelType.String, Compile("n=${1}").ResultType);
    }

    private static CelTemplate Compile(string text)
    {
        var compilation = CelTemplate.Compile(text, Environment);
        Assert.True(compilation.Template is not null, string.Join("; ", compilation.Issues));
        return compilation.Template;
    }

    private static CelActivation Activation()
    {
        var activation = new CelActivation(Environment, new SeededHost(1));
        activation.Set("x", Cel.Json("""{"id": 7, "q": "a&b"}"""));
        activation.Set("name", CelValue.Of("Ada"));
        return activation;
    }
}
