using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec.Parsing;

/// <summary>Reads <c>observe</c>.</summary>
internal static class ObserveReader
{
    public static ObserveSpec Read(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return new ObserveSpec();
        }

        var observe = new ObserveSpec
        {
            Pods = reader.Node("pods") is { } pods ? ReadPods(pods, reader.PathOf("pods"), problems) : null,
            Prometheus = reader.List("prometheus", ReadQuery),
        };
        reader.Close();
        return observe;
    }

    private static ObservedPods? ReadPods(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return null;
        }

        var pods = new ObservedPods
        {
            Selector = reader.Require("selector") is { } selector ? ReadSelector(selector, reader.PathOf("selector"), problems) : new PodSelector(),
            Namespace = reader.String("namespace"),
        };
        reader.Close();
        return pods;
    }

    private static PodSelector ReadSelector(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return new PodSelector();
        }

        var selector = new PodSelector { MatchLabels = reader.Strings("matchLabels"), MatchExpressions = reader.List("matchExpressions", ReadCondition) };
        reader.Close();
        return selector;
    }

    private static LabelCondition? ReadCondition(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return null;
        }

        var condition = new LabelCondition
        {
            Key = reader.RequiredString("key") ?? "unnamed",
            Operator = reader.RequiredString("operator") ?? "Exists",
            Values = reader.List("values", NodeValues.String),
        };
        reader.Close();
        return condition;
    }

    private static ObservedQuery ReadQuery(SpecNode node, string path, ICollection<Problem> problems)
    {
        var nothing = new ObservedQuery { Name = "unnamed", Url = "http://unnamed", Query = "0" };
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return nothing;
        }

        var query = new ObservedQuery
        {
            Name = reader.RequiredString("name") ?? nothing.Name,
            Url = reader.RequiredString("url") ?? nothing.Url,
            Query = reader.RequiredString("query") ?? nothing.Query,
            Interval = reader.Duration("interval") ?? nothing.Interval,
            Unit = reader.Choice<ObservedUnit>("unit") ?? nothing.Unit,
            Auth = reader.Object("auth") is { } auth ? RequestReader.ReadAuth(auth) : null,
        };
        reader.Close();
        return query;
    }
}
