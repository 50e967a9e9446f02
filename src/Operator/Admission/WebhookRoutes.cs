using System.Text;
using System.Text.Json;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Serving;
using LoadTesting.Operator.Telemetry;
using Microsoft.AspNetCore.Http;

namespace LoadTesting.Operator.Admission;

/// <summary>The HTTP side of admission: an AdmissionReview in, one out.</summary>
public static class WebhookRoutes
{
    /// <summary>Path of the validating webhook.</summary>
    public const string ValidatePath = "/validate";

    // Deeper than any manifest; deeper nesting is an attack.
    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = 256 };

    /// <summary>
    /// Reviews that are read and checked at the same time; others wait for at most <see cref="ServerLimits.Request"/>. A manifest takes many times its size while it is checked.
    /// </summary>
    private const int AtOnce = 2;

    /// <summary>Routes for <see cref="HttpHost"/>.</summary>
    /// <param name="policy">What tests may do.</param>
    /// <param name="metrics">Counts the answers.</param>
    public static IReadOnlyDictionary<string, RequestDelegate> Create(TestPolicy policy, RunMetrics metrics)
    {
        var gate = new SemaphoreSlim(AtOnce);
        return new Dictionary<string, RequestDelegate>(StringComparer.Ordinal) { [ValidatePath] = context => ReceiveAsync(context, policy, metrics, gate) };
    }

    private static async Task ReceiveAsync(HttpContext context, TestPolicy policy, RunMetrics metrics, SemaphoreSlim gate)
    {
        // Outside of the gate: who sends slowly keeps nobody waiting.
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        await gate.WaitAsync(context.RequestAborted);
        try
        {
            await ValidateAsync(context, body.GetBuffer().AsMemory(0, (int)body.Length), policy, metrics);
        }
        finally
        {
            gate.Release();
        }
    }

    private static async Task ValidateAsync(HttpContext context, ReadOnlyMemory<byte> body, TestPolicy policy, RunMetrics metrics)
    {
        JsonDocument review;
        try
        {
            review = JsonDocument.Parse(body, Depth);
        }
        catch (JsonException e)
        {
            await RefuseAsync(context, $"the body is not JSON: {e.Message}");
            return;
        }

        using (review)
        {
            if (AdmissionRequest.Read(review.RootElement) is not { } request)
            {
                await RefuseAsync(context, $"wanted an {AdmissionAnswer.ReviewKind} of {AdmissionAnswer.ApiVersion} with a request");
                return;
            }

            var answer = AdmissionReviewer.Review(request, policy);
            metrics.Reviewed(request.Kind, answer.IsAllowed);
            await HttpHost.WriteAsync(context, 200, "application/json", Encoding.UTF8.GetBytes(answer.ToJson().ToJsonString()));
        }
    }

    private static Task RefuseAsync(HttpContext context, string message) =>
        HttpHost.WriteAsync(context, 400, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(message + "\n"));
}
