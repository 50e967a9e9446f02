using System.Text;
using System.Text.Json;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;
using LoadTesting.Operator.Api;

namespace LoadTesting.Operator.Admission;

/// <summary>
/// Judges what somebody wants to store, as a pure function. An object that is being deleted, and an update that leaves the spec alone, are never refused: a
/// label or a finalizer must not wait for the mending of a spec that was stored before.
/// </summary>
public static class AdmissionReviewer
{
    /// <summary>The answer to one question.</summary>
    /// <param name="request">The question.</param>
    /// <param name="policy">What tests may do.</param>
    public static AdmissionAnswer Review(AdmissionRequest request, TestPolicy policy)
    {
        var problems = new List<Problem>();
        var spec = AdmissionRequest.Member(request.Object, "spec");
        var oldSpec = AdmissionRequest.Member(request.OldObject, "spec");
        var isDeleted = AdmissionRequest.Text(AdmissionRequest.Member(request.Object, "metadata"), "deletionTimestamp").Length > 0;
        var isWrite = request.Operation is "CREATE" or "UPDATE";
        if (!isWrite || isDeleted || (request.Operation == "UPDATE" && AdmissionRequest.Same(spec, oldSpec)))
        {
            return new AdmissionAnswer(request, problems);
        }

        switch (request.Kind)
        {
            case ManifestIdentity.Kind:
                problems.AddRange(Manifest(request.Object, policy.For(request.Space)));
                break;
            case "LoadTestRun":
                RunReview.Check(spec, request.Operation == "UPDATE" ? oldSpec : null, policy.For(request.Space), problems);
                break;
        }

        return new AdmissionAnswer(request, problems);
    }

    private static IReadOnlyList<Problem> Manifest(JsonElement item, Func<LoadTestSpec, IEnumerable<Problem>> policy)
    {
        var problems = new List<Problem>();
        var text = item.ValueKind == JsonValueKind.Undefined ? "null" : item.GetRawText();
        if (SpecJson.Read(Encoding.UTF8.GetBytes(text), problems) is not { } document)
        {
            return problems;
        }

        var validated = SpecValidator.Validate(document, policy: policy);
        problems.AddRange(validated.Problems);
        if (validated.Value is { } valid && PlanSize.Check(valid.Manifest, text.Length) is { } tooLarge)
        {
            problems.Add(tooLarge);
        }

        return problems;
    }
}
