using System.Text;
using AngleSharp.Css.Dom;
using AngleSharp.Css.Parser;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using LoadTesting.Expressions.Evaluation;

namespace LoadTesting.Expressions.Markup;

/// <summary>
/// CSS selectors on HTML as browsers read it. Nothing is loaded and no script runs. All work is bounded before it is done: the parser and the selectors of the library know no limits of their own.
/// </summary>
internal static class HtmlQuery
{
    /// <summary>Longest selector.</summary>
    public const int MostSelector = 1000;

    private static readonly CssSelectorParser Selectors = new();

    /// <summary>What keeps a text from being a selector; null when nothing does.</summary>
    public static string? Wrong(string selector) => Selector(selector) is null ? $"'{selector}' is not a CSS selector (such as form#login input[name=csrf])" : null;

    /// <summary>Text, or an attribute, of the first element in the order of the document.</summary>
    public static CelValue First(CelActivation activation, string html, string selector, string? attribute)
    {
        var found = Find(activation, html, selector, attribute, most: 1, out var error);
        return found is null ? error
            : found.Count == 0 ? CelValue.Error(CelErrorCode.NoSuchKey, attribute is null ? $"nothing matches '{selector}'" : $"nothing that matches '{selector}' has an attribute '{attribute}'")
            : CelValue.Of(found[0]);
    }

    /// <summary>Texts, or an attribute of those that have it, of all elements in the order of the document.</summary>
    public static CelValue Every(CelActivation activation, string html, string selector, string? attribute)
    {
        var found = Find(activation, html, selector, attribute, most: int.MaxValue, out var error);
        return found is null ? error : CelValue.Of(CelList.Of([.. found.Select(CelValue.Of)]));
    }

    private static List<string>? Find(CelActivation activation, string html, string text, string? attribute, int most, out CelValue error)
    {
        error = CelActivation.LimitExceeded();
        if (Selector(text) is not { } selector)
        {
            error = Errors.Invalid(Wrong(text)!);
            return null;
        }

        if (!activation.TryCharge(html.Length))
        {
            return null;
        }

        if (activation.Document<IDocument>(html) is not { } document)
        {
            if (Nesting.Wrong(html) is { } wrong)
            {
                error = Errors.Invalid(wrong);
                return null;
            }

            document = new HtmlParser().ParseDocument(html);
            activation.KeepDocument(html, document);
        }

        var found = new List<string>();
        var cost = new SelectorCost(text, html.Length);
        // By hand and not by the library's own search, which recurs as deep as the page nests.
        for (var (node, depth) = ((INode?)document.DocumentElement, 0); node is not null && found.Count < most; node = Next(node, ref depth))
        {
            if (node is not IElement element)
            {
                continue;
            }

            if (!activation.TryCharge(cost.Of(element, depth)))
            {
                return null;
            }

            if (selector.Match(element, document.DocumentElement) && (attribute is null ? Text(element) : element.GetAttribute(attribute)) is { } value)
            {
                if (!activation.TryAllocate(value.Length))
                {
                    return null;
                }

                found.Add(value);
            }
        }

        return found;
    }

    /// <summary>The texts inside of an element, one behind the other, without blanks around them.</summary>
    private static string Text(IElement element)
    {
        var text = new StringBuilder();
        var depth = 0;
        for (var node = (INode?)element; node is not null; node = Next(node, ref depth))
        {
            if (node is IText part)
            {
                text.Append(part.Data);
            }
        }

        return text.ToString().Trim();
    }

    /// <summary>The next node in the order of the document, below the one where depth is 0; null after the last.</summary>
    private static INode? Next(INode node, ref int depth)
    {
        if (node.FirstChild is { } child)
        {
            depth++;
            return child;
        }

        for (INode? at = node; depth > 0; at = at.Parent, depth--)
        {
            if (at!.NextSibling is { } sibling)
            {
                return sibling;
            }
        }

        return null;
    }

    private static ISelector? Selector(string text) => text.Length is 0 or > MostSelector ? null : Selectors.ParseSelector(text);
}
