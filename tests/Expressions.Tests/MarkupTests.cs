using System.Diagnostics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace LoadTesting.Expressions.Tests;

/// <summary>Pages and documents that a target may answer with: large, deep, wide, broken, hostile. The table functions.txt says what the functions give.</summary>
public class MarkupTests
{
    private static readonly CelEnvironment Environment = Cel.Environment.WithVariable("page", CelType.String);

    // Without bounds these would take from minutes to for ever, or the stack.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static TheoryData<string, string, string, CelErrorCode> Hostile => new()
    {
        { "deep", Repeat("<div>", 150_000), "html.texts(page, 'p')", CelErrorCode.InvalidArgument },
        { "deep with closing tags that close nothing", Repeat("<div></b>", 100_000), "html.texts(page, 'p')", CelErrorCode.InvalidArgument },
        { "attributes without end", "<p " + Repeat("a", 3) + string.Concat(Enumerable.Range(0, 100_000).Select(i => $" a{i}")) + ">", "html.texts(page, 'p')", CelErrorCode.InvalidArgument },
        { "formatting left open", "<p>" + string.Concat(Enumerable.Range(0, 900).Select(i => $"<b a{i}>")) + "</p>" + Repeat("<p>x</p>", 100_000), "html.texts(page, 'p')", CelErrorCode.InvalidArgument },
        { "formatting closed out of order", Repeat("<b><i></b></i>", 60_000), "html.text(page, 'p')", CelErrorCode.NoSuchKey },
        { "formatting around blocks", Repeat("<b><p></b>x", 900), "html.text(page, 'h1')", CelErrorCode.NoSuchKey },
        { "deep tables", Repeat("<table><tr><td>", 60_000), "html.texts(page, 'p')", CelErrorCode.InvalidArgument },
        { "larger than the budget", Repeat("<p>a", 300_000), "html.texts(page, 'p')", CelErrorCode.LimitExceeded },
        { "wide and looked aside", Repeat("<i></i>", 100_000), "html.texts(page, 'i ~ i ~ b')", CelErrorCode.LimitExceeded },
        { "wide and counted", Repeat("<i></i>", 100_000), "html.texts(page, 'i:nth-last-child(7n+1)')", CelErrorCode.LimitExceeded },
        { "looked inside", Repeat("<i></i>", 100_000), "html.texts(page, ':has(b):has(u)')", CelErrorCode.LimitExceeded },
        { "XML that is deep", Repeat("<a>", 200_000) + Repeat("</a>", 100), "xpath(page, '//b')", CelErrorCode.InvalidArgument },
        { "a path that multiplies", "<r>" + Repeat("<a/>", 20_000) + "</r>", "xpath(page, 'count(//*[count(//*[count(//*) > 0]) > 0])')", CelErrorCode.LimitExceeded },
        { "a path that looks back", "<r>" + Repeat("<a/>", 20_000) + "</r>", "xpathAll(page, '//a[preceding-sibling::b]')", CelErrorCode.LimitExceeded },
        { "a page is no XML", "<p>a<br>b", "xpath(page, '//p')", CelErrorCode.InvalidArgument },
    };

    [Theory]
    [MemberData(nameof(Hostile), DisableDiscoveryEnumeration = true)]
    public void Work_is_bounded_whatever_a_target_answers(string name, string page, string source, CelErrorCode expected)
    {
        var started = Stopwatch.GetTimestamp();
        var value = Run(source, page);

        Assert.True(value.IsError && value.AsError.Code == expected, $"{name}: is {(value.IsError ? value.AsError.Message : value.Kind)}");
        Assert.True(Stopwatch.GetElapsedTime(started) < Deadline, $"{name}: took {Stopwatch.GetElapsedTime(started)}");
    }

    [Fact]
    public void An_ordinary_page_of_half_a_megabyte_is_within_the_limits_and_read_once_for_all_expressions()
    {
        var page = $"<html><body><main>{string.Concat(Enumerable.Range(0, 5000).Select(i => $"<article class=item data-id={i}><h2>Item {i}</h2><p>Some text, and <a href=/items/{i}>more</a></p></article>"))}</main></body></html>";
        Assert.InRange(page.Length, 450_000, 600_000);
        var activation = new CelActivation(Environment, new SeededHost(1));
        activation.Set("page", CelValue.Of(page));

        Assert.Equal(5000, Evaluate("html.attrs(page, 'article.item', 'data-id').size()").AsInt);
        Assert.Equal("Item 4321", Evaluate("html.text(page, 'article[data-id=\"4321\"] > h2')").AsString);
        Assert.Equal("/items/4999", Evaluate("html.attrs(page, 'main article p a', 'href')[4999]").AsString);

        CelValue Evaluate(string source) => CelCompiler.Compile(source, Environment).Program!.Evaluate(activation);
    }

    [Fact]
    public void Nothing_that_looks_like_markup_throws() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(
            Gen.Elements("<", ">", "</", "/>", "<p>", "<div a='", "\"", "&amp;", "&#x", "<!--", "<![CDATA[", "<!DOCTYPE", "<table>", "<b><i>", "</b>", "<svg>", "<template>", "a", " ", "\0", "é", "[", "]", "//", "::", "@", "*", "(", ":not(").ListOf().Two().ToArbitrary(),
            texts =>
            {
                var (page, query) = (string.Concat(texts.Item1), string.Concat(texts.Item2).Replace("\\", "", StringComparison.Ordinal));
                foreach (var function in new[] { "html.texts", "html.text", "xpath", "xpathAll" })
                {
                    var activation = new CelActivation(Environment.WithVariable("query", CelType.String), new SeededHost(1));
                    activation.Set("page", CelValue.Of(page));
                    activation.Set("query", CelValue.Of(query));
                    CelCompiler.Compile($"{function}(page, query)", Environment.WithVariable("query", CelType.String)).Program!.Evaluate(activation);
                }

                return true;
            }));

    private static CelValue Run(string source, string page)
    {
        var activation = new CelActivation(Environment, new SeededHost(1));
        activation.Set("page", CelValue.Of(page));
        return CelCompiler.Compile(source, Environment).Program!.Evaluate(activation);
    }

    private static string Repeat(string text, int times) => new StringBuilder(text.Length * times).Insert(0, text, times).ToString();
}
