using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LoadTesting.Runner.Target.Systems;

/// <summary>
/// A messaging platform: conversations with their last messages, a webhook for inbound ones, a health page. Above its capacity of requests in progress it is
/// overloaded: everything takes three times as long and its circuit breakers answer every 50th request with 503; below it again, it recovers at once.
/// </summary>
internal sealed class ChatPlatform(TimeProvider time, TargetBehaviour behaviour, TargetStatistics statistics)
{
    private const int MaxConversations = 20_000;
    private const int MaxMessages = 100;
    private const int BreakerEvery = 50;

    private readonly SimulatedWork _work = new(time, behaviour);
    private readonly ConcurrentDictionary<string, Queue<int>> _conversations = new(StringComparer.Ordinal);
    private int _messages;
    private int _inProgress;
    private int _sinceOverload;
    private volatile bool _wasOverloaded;

    public void Map(WebApplication app)
    {
        app.MapPost("/api/messages", context => ServeAsync(context, 150, SendAsync));
        app.MapGet("/api/v1/conversations/{id}/messages", context => ServeAsync(context, 250, HistoryAsync));
        app.MapPost("/api/connectors/whatsapp/webhook", context => ServeAsync(context, 100, WebhookAsync));
        app.MapGet("/actuator/health", context => context.AnswerAsync(StatusCodes.Status200OK, w => w.WriteString("status", "UP")));
    }

    private async Task ServeAsync(HttpContext context, double milliseconds, Func<HttpContext, Task> answer)
    {
        var inProgress = Interlocked.Increment(ref _inProgress);
        try
        {
            var overloaded = inProgress > behaviour.ChatCapacity;
            _wasOverloaded |= overloaded;
            if (_work.Fails() || (overloaded && Interlocked.Increment(ref _sinceOverload) % BreakerEvery == 0))
            {
                statistics.Count("chat.rejected");
                await context.FailAsync(StatusCodes.Status503ServiceUnavailable, "circuit breaker open");
                return;
            }

            await _work.DoAsync(context, milliseconds, overloaded || (_wasOverloaded && behaviour.Has(Misbehaviour.NoRecovery)) ? 3 : 1);
            await answer(context);
        }
        finally
        {
            Interlocked.Decrement(ref _inProgress);
        }
    }

    private async Task SendAsync(HttpContext context)
    {
        using var body = await JsonBodies.ReadAsync(context);
        if (body is null || !body.TryString("conversationId", out var conversation) || !body.TryString("content", out _))
        {
            await context.FailAsync(StatusCodes.Status400BadRequest, "body must be {\"conversationId\": string, \"content\": string}");
            return;
        }

        var id = Add(conversation);
        statistics.Count("chat.sent");
        await context.AnswerAsync(StatusCodes.Status202Accepted, w => w.WriteString("messageId", string.Create(CultureInfo.InvariantCulture, $"m-{id}")));
    }

    private async Task WebhookAsync(HttpContext context)
    {
        using var body = await JsonBodies.ReadAsync(context);
        if (body is null || !body.TryString("from", out var sender) || !body.TryString("text", out _))
        {
            await context.FailAsync(StatusCodes.Status400BadRequest, "body must be {\"from\": string, \"text\": string}");
            return;
        }

        Add(sender);
        statistics.Count("chat.received");
        await context.AnswerAsync(StatusCodes.Status200OK, w => w.WriteBoolean("accepted", true));
    }

    private Task HistoryAsync(HttpContext context)
    {
        if (!_conversations.TryGetValue((string)context.Request.RouteValues["id"]!, out var messages))
        {
            statistics.Count("chat.history_empty");
            return context.FailAsync(StatusCodes.Status404NotFound, "no such conversation");
        }

        int[] ids;
        lock (messages)
        {
            ids = [.. messages];
        }

        statistics.Count("chat.history_found");
        return context.AnswerAsync(StatusCodes.Status200OK, w =>
        {
            w.WriteStartArray("messages");
            foreach (var id in ids)
            {
                w.WriteStartObject();
                w.WriteString("messageId", string.Create(CultureInfo.InvariantCulture, $"m-{id}"));
                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    private int Add(string conversation)
    {
        var id = Interlocked.Increment(ref _messages);
        if (!_conversations.TryGetValue(conversation, out var messages))
        {
            if (_conversations.Count >= MaxConversations)
            {
                return id;
            }

            messages = new Queue<int>();
            if (_conversations.TryAdd(conversation, messages))
            {
                statistics.Count("chat.conversations");
            }
            else
            {
                messages = _conversations[conversation];
            }
        }

        lock (messages)
        {
            messages.Enqueue(id);
            if (messages.Count > MaxMessages)
            {
                messages.Dequeue();
            }
        }

        return id;
    }
}
