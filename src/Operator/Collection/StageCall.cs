using System.Text.Json;
using LoadTesting.Operator.Api;

namespace LoadTesting.Operator.Collection;

/// <summary>
/// A stage that was asked for and whose answer is awaited beside the run's passes: setup may take minutes, in which heartbeats and aborts must go on. An attempt without
/// an answer may be repeated, because the agent runs each stage once and repeats its answer.
/// </summary>
public sealed class StageCall
{
    private Task<VerbResult>? _attempt;

    /// <summary>How it ended; null before.</summary>
    public StageStatus? Answer { get; private set; }

    /// <summary>What it extracted, as a JSON object; null before and without values.</summary>
    public string? Values { get; private set; }

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

        (Answer, Values) = result.IsDone ? Read(result.Text) : (new StageStatus { Message = $"the runner answered {result.Status}: {result.Text}" }, null);
    }

    /// <summary>An answer that no runner has to give.</summary>
    public void Settle(bool ok, string? message = null) => Answer ??= new StageStatus { Ok = ok, Message = message };

    /// <summary>An answer that an earlier process wrote down.</summary>
    public void Remember(StageStatus? known) => Answer ??= known;

    private static (StageStatus, string?) Read(string text)
    {
        try
        {
            using var answer = JsonDocument.Parse(text);
            var ok = answer.RootElement.GetProperty("ok").GetBoolean();
            var message = answer.RootElement.TryGetProperty("message", out var said) && said.ValueKind == JsonValueKind.String ? said.GetString() : null;
            var values = answer.RootElement.TryGetProperty("values", out var extracted) && extracted.ValueKind == JsonValueKind.Object ? extracted.GetRawText() : null;
            return (new StageStatus { Ok = ok, Message = message }, values);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return (new StageStatus { Message = $"the runner's answer cannot be read: {e.Message}" }, null);
        }
    }
}
