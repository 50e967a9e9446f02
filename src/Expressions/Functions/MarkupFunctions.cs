using LoadTesting.Expressions.Evaluation;
using LoadTesting.Expressions.Markup;
using static LoadTesting.Expressions.CelType;
using static LoadTesting.Expressions.Functions.Signature;

namespace LoadTesting.Expressions.Functions;

/// <summary>What pages and XML documents say: CSS selectors on HTML, XPath on XML.</summary>
internal static class MarkupFunctions
{
    public static IEnumerable<CelFunction> All =>
    [
        Global("html.text", CelType.String, (a, v) => HtmlQuery.First(a, v[0].Text, v[1].Text, null), CelType.String, CelType.String) with { Specialize = Html },
        Global("html.texts", List(CelType.String), (a, v) => HtmlQuery.Every(a, v[0].Text, v[1].Text, null), CelType.String, CelType.String) with { Specialize = Html },
        Global("html.attr", CelType.String, (a, v) => HtmlQuery.First(a, v[0].Text, v[1].Text, v[2].Text), CelType.String, CelType.String, CelType.String) with { Specialize = Html },
        Global("html.attrs", List(CelType.String), (a, v) => HtmlQuery.Every(a, v[0].Text, v[1].Text, v[2].Text), CelType.String, CelType.String, CelType.String) with { Specialize = Html },
        Global("xpath", Dyn, (a, v) => XPathQuery.First(a, v[0].Text, v[1].Text), CelType.String, CelType.String) with { Specialize = XPath },
        Global("xpathAll", List(CelType.String), (a, v) => XPathQuery.Every(a, v[0].Text, v[1].Text), CelType.String, CelType.String) with { Specialize = XPath },
    ];

    private static CelSpecialization? Html(IReadOnlyList<CelValue?> arguments) =>
        arguments[1] is { Kind: CelKind.String } text && HtmlQuery.Wrong(text.Text) is { } problem ? new(null, problem) : null;

    private static CelSpecialization? XPath(IReadOnlyList<CelValue?> arguments) =>
        arguments[1] is { Kind: CelKind.String } text && XPathQuery.Wrong(text.Text) is { } problem ? new(null, problem) : null;
}
