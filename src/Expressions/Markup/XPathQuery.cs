using System.Xml;
using System.Xml.XPath;
using LoadTesting.Expressions.Evaluation;

namespace LoadTesting.Expressions.Markup;

/// <summary>XPath 1.0 on XML. No DTD, hence no entities; every move through the document is charged to the evaluation's budget, so that no path takes longer than an expression may.</summary>
internal static class XPathQuery
{
    /// <summary>Longest path.</summary>
    public const int MostPath = 1000;

    /// <summary>Deepest document.</summary>
    public const int MostDepth = 1000;

    /// <summary>What keeps a text from being a path; null when nothing does.</summary>
    public static string? Wrong(string path)
    {
        if (path.Length > MostPath)
        {
            return $"a path has at most {MostPath} characters";
        }

        try
        {
            XPathExpression.Compile(path);
            return null;
        }
        catch (Exception e) when (e is XPathException or ArgumentException)
        {
            return $"'{path}' is not a path of XPath 1.0 (such as //order/@id): {e.Message}";
        }
    }

    /// <summary>Text of the first node in the order of the document; a number, truth or text where the path gives one.</summary>
    public static CelValue First(CelActivation activation, string xml, string path) => Evaluate(activation, xml, path, result => result switch
    {
        XPathNodeIterator nodes => nodes.MoveNext() ? Text(activation, nodes.Current!.Value) : CelValue.Error(CelErrorCode.NoSuchKey, $"nothing matches '{path}'"),
        double number => CelValue.Of(number),
        bool truth => CelValue.Of(truth),
        _ => Text(activation, (string)result),
    });

    /// <summary>Texts of all nodes in the order of the document.</summary>
    public static CelValue Every(CelActivation activation, string xml, string path) => Evaluate(activation, xml, path, result =>
    {
        if (result is not XPathNodeIterator nodes)
        {
            return Errors.Invalid($"'{path}' gives a value and no nodes");
        }

        var texts = new List<CelValue>();
        while (nodes.MoveNext())
        {
            var text = Text(activation, nodes.Current!.Value);
            if (text.IsError)
            {
                return text;
            }

            texts.Add(text);
        }

        return CelValue.Of(CelList.Of([.. texts]));
    });

    private static CelValue Evaluate(CelActivation activation, string xml, string path, Func<object, CelValue> read)
    {
        if (!activation.TryCharge(xml.Length))
        {
            return CelActivation.LimitExceeded();
        }

        if (Wrong(path) is { } wrong)
        {
            return Errors.Invalid(wrong);
        }

        try
        {
            if (activation.Document<XPathDocument>(xml) is not { } document)
            {
                document = Parse(xml);
                activation.KeepDocument(xml, document);
            }

            var root = document.CreateNavigator();
            var expression = XPathExpression.Compile(path);
            expression.SetContext(Namespaces(root));
            return read(new ChargedNavigator(root, activation).Evaluate(expression));
        }
        catch (BudgetException)
        {
            return CelActivation.LimitExceeded();
        }
        catch (Exception e) when (e is XmlException or XPathException or InvalidOperationException or ArgumentException)
        {
            return Errors.Invalid(e is XmlException ? $"not XML: {e.Message}" : e.Message);
        }
    }

    private static XPathDocument Parse(string xml)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = xml.Length + 1L, IgnoreComments = false };
        using (var check = XmlReader.Create(new StringReader(xml), settings))
        {
            while (check.Read())
            {
                if (check.Depth > MostDepth)
                {
                    throw new XmlException($"it nests deeper than {MostDepth} elements");
                }
            }
        }

        using var reader = XmlReader.Create(new StringReader(xml), settings);
        return new XPathDocument(reader);
    }

    /// <summary>The prefixes of the root element.</summary>
    private static XmlNamespaceManager Namespaces(XPathNavigator document)
    {
        var names = new XmlNamespaceManager(document.NameTable);
        var root = document.Clone();
        if (root.MoveToChild(XPathNodeType.Element))
        {
            foreach (var (prefix, uri) in root.GetNamespacesInScope(XmlNamespaceScope.ExcludeXml))
            {
                names.AddNamespace(prefix, uri);
            }
        }

        return names;
    }

    private static CelValue Text(CelActivation activation, string text) => activation.TryAllocate(text.Length) ? CelValue.Of(text) : CelActivation.LimitExceeded();

    /// <summary>The budget is used up.</summary>
    private sealed class BudgetException : Exception;

    /// <summary>Walks as another navigator does and charges for every move.</summary>
    private sealed class ChargedNavigator(XPathNavigator inner, CelActivation activation) : XPathNavigator
    {
        public override string BaseURI => inner.BaseURI;

        public override bool IsEmptyElement => inner.IsEmptyElement;

        public override string LocalName => inner.LocalName;

        public override string Name => inner.Name;

        public override string NamespaceURI => inner.NamespaceURI;

        public override XmlNameTable NameTable => inner.NameTable;

        public override XPathNodeType NodeType => inner.NodeType;

        public override string Prefix => inner.Prefix;

        public override string Value
        {
            get
            {
                var text = inner.Value;
                Charge(1 + (text.Length / 16));
                return text;
            }
        }

        public override XPathNavigator Clone()
        {
            Charge(1);
            return new ChargedNavigator(inner.Clone(), activation);
        }

        public override bool IsSamePosition(XPathNavigator other) => Charged(other is ChargedNavigator charged && inner.IsSamePosition(charged.Inner));

        public override bool MoveTo(XPathNavigator other) => Charged(other is ChargedNavigator charged && inner.MoveTo(charged.Inner));

        public override bool MoveToFirstAttribute() => Charged(inner.MoveToFirstAttribute());

        public override bool MoveToFirstChild() => Charged(inner.MoveToFirstChild());

        public override bool MoveToFirstNamespace(XPathNamespaceScope namespaceScope) => Charged(inner.MoveToFirstNamespace(namespaceScope));

        public override bool MoveToId(string id) => Charged(inner.MoveToId(id));

        public override bool MoveToNext() => Charged(inner.MoveToNext());

        public override bool MoveToNextAttribute() => Charged(inner.MoveToNextAttribute());

        public override bool MoveToNextNamespace(XPathNamespaceScope namespaceScope) => Charged(inner.MoveToNextNamespace(namespaceScope));

        public override bool MoveToParent() => Charged(inner.MoveToParent());

        public override bool MoveToPrevious() => Charged(inner.MoveToPrevious());

        private XPathNavigator Inner => inner;

        private bool Charged(bool result)
        {
            Charge(1);
            return result;
        }

        private void Charge(long steps)
        {
            if (!activation.TryCharge(steps))
            {
                throw new BudgetException();
            }
        }
    }
}
