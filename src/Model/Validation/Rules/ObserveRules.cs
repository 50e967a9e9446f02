using System.Globalization;
using LoadTesting.Expressions;
using LoadTesting.Metrics;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>What is observed of the target.</summary>
internal static class ObserveRules
{
    /// <summary>Queries of a test at most.</summary>
    public const int MostQueries = 20;

    /// <summary>Characters of a query at most: it stands in a URL.</summary>
    public const int LongestQuery = 4096;

    private const string Rule = "observe";
    private static readonly string[] Operators = ["In", "NotIn", "Exists", "DoesNotExist"];
    private static readonly (Duration Shortest, Duration Longest) Interval = (Duration.FromSeconds(1), Duration.FromSeconds(300));

    public static void Check(LoadTestSpec spec, ProblemList problems)
    {
        if (spec.Observe is not { } observe)
        {
            return;
        }

        problems = problems.Field("observe");
        if (observe.Pods is null && observe.Prometheus.Count == 0)
        {
            problems.Add(ProblemRules.Required, "nothing to observe: give pods or prometheus");
        }

        if (observe.Pods is { } pods)
        {
            CheckPods(pods, problems.Field("pods"));
        }

        var list = problems.Field("prometheus");
        if (observe.Prometheus.Count > MostQueries)
        {
            list.Add(ProblemRules.Range, $"at most {MostQueries} queries", observe.Prometheus.Count.ToString(CultureInfo.InvariantCulture));
        }

        var recorded = MetricCatalog.Recorded(spec);
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < observe.Prometheus.Count; i++)
        {
            var item = list.Item(i);
            CheckName(observe.Prometheus[i].Name, names, recorded, item.Field("name"));
            CheckQuery(observe.Prometheus[i], ExpressionScopes.For(spec), item);
        }
    }

    private static void CheckPods(ObservedPods pods, ProblemList problems)
    {
        if (pods.Namespace is { } space && !NameRules.IsLabel(space))
        {
            problems.Field("namespace").Add(ProblemRules.Name, "this is not the name of a namespace", space);
        }

        var list = problems.Field("selector");
        if (pods.Selector.MatchLabels.Count + pods.Selector.MatchExpressions.Count == 0)
        {
            list.Add(ProblemRules.Required, "an empty selector would accept every Pod: give matchLabels or matchExpressions");
        }

        foreach (var (key, value) in pods.Selector.MatchLabels)
        {
            CheckKey(key, list.Field("matchLabels").Field(key));
            CheckValue(value, list.Field("matchLabels").Field(key));
        }

        for (var i = 0; i < pods.Selector.MatchExpressions.Count; i++)
        {
            var (condition, item) = (pods.Selector.MatchExpressions[i], list.Field("matchExpressions").Item(i));
            CheckKey(condition.Key, item.Field("key"));
            if (!Operators.Contains(condition.Operator, StringComparer.Ordinal))
            {
                item.Field("operator").Add(ProblemRules.Choice, $"operator is one of {string.Join(", ", Operators)}", condition.Operator, Nearest.To(condition.Operator, Operators));
            }
            else if ((condition.Operator is "In" or "NotIn") != (condition.Values.Count > 0))
            {
                item.Field("values").Add(Rule, condition.Values.Count > 0 ? $"{condition.Operator} has no values" : $"{condition.Operator} needs values");
            }

            foreach (var value in condition.Values)
            {
                CheckValue(value, item.Field("values"));
            }
        }
    }

    private static void CheckKey(string key, ProblemList problems)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if (!IsLabelText(key[(slash + 1)..]) || (slash >= 0 && !key[..slash].Split('.').All(NameRules.IsLabel)))
        {
            problems.Add(ProblemRules.Name, "this is not the key of a label", key);
        }
    }

    private static void CheckValue(string value, ProblemList problems)
    {
        if (value.Length > 0 && !IsLabelText(value))
        {
            problems.Add(ProblemRules.Name, "this is not the value of a label: at most 63 letters, digits, '-', '_' and '.'", value);
        }
    }

    private static bool IsLabelText(string text) => text.Length is > 0 and <= 63 && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static void CheckName(string name, HashSet<string> names, MetricCatalog recorded, ProblemList problems)
    {
        if (!MetricDefinition.IsValidName(name))
        {
            problems.Add(ProblemRules.Name, "a query's name is that of its metric: 2 to 129 letters, digits and '_', not beginning with a digit", name);
        }
        else if (recorded.Find(name) is not null)
        {
            problems.Add("metric", $"'{name}' is already a metric, built in or recorded by a step; give the query a name of its own", name);
        }
        else if (!names.Add(name))
        {
            problems.Add("metric", $"two queries are named '{name}'", name);
        }
    }

    private static void CheckQuery(ObservedQuery query, CelEnvironment scope, ProblemList problems)
    {
        if (query.Interval < Interval.Shortest || query.Interval > Interval.Longest)
        {
            problems.Field("interval").Add(ProblemRules.Range, $"the interval lies between {Interval.Shortest} and {Interval.Longest}", query.Interval.ToString());
        }

        if (query.Query.Trim().Length == 0 || query.Query.Length > LongestQuery)
        {
            problems.Field("query").Add(ProblemRules.Range, $"a query has 1 to {LongestQuery} characters", query.Query.Length > LongestQuery ? null : query.Query);
        }

        if ((Templates.HasExpression(query.Url) ? null : Urls.WrongAbsolute(query.Url)) is { } wrong)
        {
            problems.Field("url").Add(Urls.Rule, wrong, query.Url, Urls.WithScheme(query.Url));
        }
        else if (query.Url.Contains('?', StringComparison.Ordinal) || query.Url.Contains('#', StringComparison.Ordinal))
        {
            problems.Field("url").Add(Urls.Rule, "this is the server's base URL, without query: /api/v1/query_range is put behind it", query.Url);
        }

        Template(query.Url, "url");
        Template(query.Query, "query");
        Template(query.Auth?.Bearer, "auth.bearer");
        Template(query.Auth?.Username, "auth.basic.username");
        Template(query.Auth?.Password, "auth.basic.password");

        void Template(string? text, string field)
        {
            foreach (var issue in text is null ? [] : CelTemplate.Compile(text, scope).Issues)
            {
                problems.All.Add(new Problem($"{problems.Path}.{field}", "expression", TestScopes.Explained(text!, issue)) { Value = text, Suggestion = issue.Suggestion, Offset = issue.Offset });
            }
        }
    }
}
