using System.Text.Json.Nodes;
using LoadTesting.Model.Reporting;
using LoadTesting.Model.Validation;
using LoadTesting.Operator.Api.Schema;

namespace LoadTesting.Operator.Admission;

/// <summary>What the API server is told: every problem at once. Warnings go with an admitted object; kubectl prints them.</summary>
/// <param name="Request">The question.</param>
/// <param name="Problems">Everything found, warnings included.</param>
public sealed record AdmissionAnswer(AdmissionRequest Request, IReadOnlyList<Problem> Problems)
{
    /// <summary>API version of reviews.</summary>
    internal const string ApiVersion = "admission.k8s.io/v1";

    /// <summary>Kind of reviews.</summary>
    internal const string ReviewKind = "AdmissionReview";

    // The API server cuts a warning after 256 characters, and all of them after 4096.
    private const int LongestWarning = 256;
    private const int LongestWarnings = 4096;

    // Every problem is told; names in them may have any length.
    private const int LongestMessage = 64 * 1024;
    private const int LongestSentence = 4096;

    /// <summary>Whether the object may be stored.</summary>
    public bool IsAllowed => Problems.All(p => p.IsWarning);

    /// <summary>
    /// The answer as an AdmissionReview. A refusal is a Status of code 422 with one cause per problem, which kubectl prints as a list.
    /// </summary>
    public JsonObject ToJson()
    {
        var response = new JsonObject { ["uid"] = Request.Uid, ["allowed"] = IsAllowed };
        if (!IsAllowed)
        {
            // Without warnings: many of them only follow from what is wrong.
            response["status"] = Refusal();
        }
        else if (Warnings() is { Count: > 0 } warnings)
        {
            response["warnings"] = warnings;
        }

        return new JsonObject { ["apiVersion"] = ApiVersion, ["kind"] = ReviewKind, ["response"] = response };
    }

    private JsonObject Refusal()
    {
        var errors = Problems.Where(p => !p.IsWarning).ToList();
        return new JsonObject
        {
            ["code"] = 422,
            ["reason"] = "Invalid",
            ["message"] = PrintableText.Bounded(
                $"{Request.Kind} {Request.Name} is not valid: {string.Join("; ", errors.Select(Line))}", LongestMessage),
            ["details"] = new JsonObject
            {
                ["name"] = Request.Name,
                ["group"] = CrdManifest.Group,
                ["kind"] = Request.Kind,
                ["causes"] = new JsonArray([.. errors.Select(p => (JsonNode)new JsonObject { ["reason"] = "FieldValueInvalid", ["field"] = PrintableText.Bounded(p.Path, LongestSentence), ["message"] = Sentence(p) })]),
            },
        };
    }

    private JsonArray Warnings()
    {
        var warnings = new JsonArray();
        var total = 0;
        foreach (var line in Problems.Where(p => p.IsWarning).Select(Line))
        {
            var text = line.Length > LongestWarning ? line[..(LongestWarning - 1)] + "…" : line;
            total += text.Length;
            if (total <= LongestWarnings)
            {
                warnings.Add(text);
            }
        }

        return warnings;
    }

    private static string Line(Problem problem) => problem.Path.Length == 0 ? Sentence(problem) : $"{PrintableText.Bounded(problem.Path, LongestSentence)}: {Sentence(problem)}";

    private static string Sentence(Problem problem)
    {
        var value = problem.Value is { } text ? $", got {Quoted(text)}" : "";
        var suggestion = problem.Suggestion is { } meant ? $"; did you mean {Quoted(meant)}?" : "";
        return PrintableText.Bounded($"{problem.Message}{value}{suggestion} ({problem.Rule})", LongestSentence);
    }

    private static string Quoted(string text) => $"'{(text.Length > 80 ? text[..79] + "…" : text).ReplaceLineEndings(" ")}'";
}
