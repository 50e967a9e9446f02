using System.Text.Json;
using System.Text.Json.Nodes;
using LoadTesting.Model.Contract;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Reconciling;

namespace LoadTesting.Operator.Collection;

/// <summary>
/// A stage that was asked for and whose answer is awaited beside the run's passes: setup may take minutes, in which heartbeats and aborts must go on. An attempt without
/// an answer may be repeated, because the agent runs each stage once and repeats its answer.
/// </summary>
public sealed class StageCall
{
    private Task<VerbResult>? _attempt;
    private JobWatch? _watch;

    /// <summary>How it ended; null before.</summary>
    public StageStatus? Answer { get; private set; }

    /// <summary>What it extracted, as a JSON object; null before and without values.</summary>
    public string? Values { get; private set; }

    /// <summary>The job that the stage waits for; null when it waits for none.</summary>
    public JobOrder? Wanted { get; private set; }

    /// <summary>How many jobs of the stage have had a Pod.</summary>
    public int JobsSeen { get; private set; }

    /// <summary>Whether an attempt is under way.</summary>
    public bool IsAsking => _attempt is not null;

    /// <summary>What is known of the job that is wanted.</summary>
    /// <param name="now">When it began to be watched, if that is now.</param>
    public JobWatch Watch(DateTimeOffset now) => _watch ??= new JobWatch(now);

    /// <summary>What the kubelet says about the Pod of a job, if it is the one that is waited for.</summary>
    /// <param name="pod">The Pod's name.</param>
    /// <param name="said">What it says; null = nothing.</param>
    public void Told(string pod, string? said)
    {
        if (_watch is not null && Wanted is { } order && pod.EndsWith($"-{order.Ordinal}", StringComparison.Ordinal))
        {
            _watch.MountTrouble = said;
        }
    }

    /// <summary>A job of the stage has a Pod.</summary>
    public void Saw(int ordinal) => JobsSeen = Math.Max(JobsSeen, ordinal + 1);

    /// <summary>Asks, unless an attempt is under way or was answered.</summary>
    public void Ask(Func<Task<VerbResult>> attempt)
    {
        if (Answer is null)
        {
            _attempt ??= attempt();
        }
    }

    /// <summary>Takes the answer in, if it has come.</summary>
    public async Task LookAsync()
    {
        if (_attempt is not { IsCompleted: true } ended)
        {
            return;
        }

        _attempt = null;
        var result = await ended;
        if (result.Status == 0)
        {
            return;
        }

        if (!result.IsDone)
        {
            Answer = new StageStatus { Message = StatusText.Cut($"the runner answered {result.Status}: {result.Text}", StatusText.Message) };
            return;
        }

        var wanted = Wanted;
        (Answer, Values, Wanted) = Read(result.Text);
        if (Wanted?.Ordinal != wanted?.Ordinal)
        {
            _watch = null;
        }
    }

    /// <summary>An answer that no runner has to give.</summary>
    public void Settle(bool ok, string? message = null) => Answer ??= new StageStatus { Ok = ok, Message = message };

    /// <summary>An answer that an earlier process wrote down.</summary>
    /// <param name="known">How the stage ended; null when it had not.</param>
    /// <param name="jobs">How many of its jobs had a Pod.</param>
    public void Remember(StageStatus? known, int jobs = 0) => (Answer, JobsSeen) = (Answer ?? known, Math.Max(JobsSeen, jobs));

    private static (StageStatus? Answer, string? Values, JobOrder? Job) Read(string text)
    {
        try
        {
            using var answer = JsonDocument.Parse(text);
            if (answer.RootElement.TryGetProperty(JobOrder.Field, out var job) && JsonNode.Parse(job.GetRawText()) is JsonObject order)
            {
                return (null, null, JobOrder.Read(order));
            }

            var reason = answer.RootElement.TryGetProperty("reason", out var why) && why.ValueKind == JsonValueKind.String ? why.GetString() : null;
            var ok = answer.RootElement.GetProperty("ok").GetBoolean();
            var message = answer.RootElement.TryGetProperty("message", out var said) && said.ValueKind == JsonValueKind.String ? said.GetString() : null;
            var values = answer.RootElement.TryGetProperty("values", out var extracted) && extracted.ValueKind == JsonValueKind.Object ? extracted.GetRawText() : null;
            return (new StageStatus { Ok = ok, Message = StatusText.Cut(message, StatusText.Message), Reason = StatusText.Cut(reason, StatusText.Short) }, values, null);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return (new StageStatus { Message = $"the runner's answer cannot be read: {e.Message}" }, null, null);
        }
    }
}
