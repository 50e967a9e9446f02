using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>Tags that users put on samples.</summary>
internal static class TagRules
{
    // What the engine itself puts on samples; a tag of the same name would be overwritten, or worse, split them.
    private static readonly string[] Own = ["scenario", "group", "name", "url", "method", "status", "proto", "check", "error", "error_code", "expected_response", "tls_version"];

    public static void Check(LoadTestSpec spec, ProblemList problems)
    {
        CheckTags(spec.Tags, problems.Field("tags"));
        foreach (var (name, scenario) in spec.Scenarios)
        {
            CheckTags(scenario.Tags, problems.Field("scenarios").Field(name).Field("tags"));
        }

        foreach (var (request, list) in Steps.Requests(spec, problems))
        {
            CheckTags(request.Tags, list.Field("tags"));
        }

        foreach (var (record, list) in Steps.Records(spec, problems))
        {
            CheckTags(record.Tags, list.Field("tags"));
        }
    }

    private static void CheckTags(OrderedMap<string> tags, ProblemList problems)
    {
        foreach (var (key, value) in tags)
        {
            if (key.Length == 0 || char.IsAsciiDigit(key[0]) || !key.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            {
                problems.Field(key).Add(ProblemRules.Name, "a tag's name consists of letters, digits and '_' and does not begin with a digit", key);
            }
            else if (Own.Contains(key, StringComparer.Ordinal))
            {
                problems.Field(key).Add("tag", $"the tag '{key}' is set by the engine; choose another name", key);
            }

            if (Templates.HasExpression(value))
            {
                problems.Field(key).Add("tag", "a tag's value is literal: an expression would make a series for every value", value);
            }
        }
    }
}
