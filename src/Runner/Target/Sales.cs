using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LoadTesting.Runner.Target;

/// <summary>A flash sale that sells what it has and no more. Requests with a known idempotency key get their first answer again.</summary>
internal sealed class Sales
{
    private const int MaxOrders = 1_000_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Sale> _sales = new(StringComparer.Ordinal);

    public void Map(WebApplication app)
    {
        app.MapPost("/init", InitAsync);
        app.MapPost("/order", OrderAsync);
        app.MapGet("/orders/count", CountAsync);
    }

    private async Task InitAsync(HttpContext context)
    {
        using var body = await ReadAsync(context);
        if (body is null || !TryString(body, "productId", out var product)
            || !body.RootElement.TryGetProperty("quantity", out var q) || !q.TryGetInt32(out var quantity) || quantity < 0)
        {
            await FailAsync(context, StatusCodes.Status400BadRequest, "body must be {\"productId\": string, \"quantity\": integer >= 0}");
            return;
        }

        lock (_lock)
        {
            _sales[product] = new Sale(quantity);
        }

        await TargetEndpoints.WriteJsonAsync(context, w =>
        {
            w.WriteStartObject();
            w.WriteString("productId", product);
            w.WriteNumber("quantity", quantity);
            w.WriteEndObject();
        });
    }

    private async Task OrderAsync(HttpContext context)
    {
        using var body = await ReadAsync(context);
        if (body is null || !TryString(body, "productId", out var product))
        {
            await FailAsync(context, StatusCodes.Status400BadRequest, "body must be {\"productId\": string, …}");
            return;
        }

        int id;
        lock (_lock)
        {
            if (!_sales.TryGetValue(product, out var sale))
            {
                id = -1;
            }
            else
            {
                id = sale.Order(context.Request.Headers["x-idempotency-key"].ToString());
            }
        }

        if (id < 0)
        {
            await FailAsync(context, StatusCodes.Status404NotFound, "no such sale: POST /init first");
            return;
        }

        context.Response.StatusCode = id > 0 ? StatusCodes.Status200OK : StatusCodes.Status409Conflict;
        await TargetEndpoints.WriteJsonAsync(context, w =>
        {
            w.WriteStartObject();
            w.WriteString("result", id > 0 ? "sold" : "sold out");
            if (id > 0)
            {
                w.WriteNumber("id", id);
            }

            w.WriteEndObject();
        });
    }

    private Task CountAsync(HttpContext context)
    {
        int? count = null;
        lock (_lock)
        {
            if (_sales.TryGetValue(context.Request.Query["productId"].ToString(), out var sale))
            {
                count = sale.Sold;
            }
        }

        return count is null
            ? FailAsync(context, StatusCodes.Status404NotFound, "no such sale: POST /init first")
            : TargetEndpoints.WriteJsonAsync(context, w =>
            {
                w.WriteStartObject();
                w.WriteNumber("count", count.Value);
                w.WriteEndObject();
            });
    }

    private static async Task<JsonDocument?> ReadAsync(HttpContext context)
    {
        try
        {
            return await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool TryString(JsonDocument body, string name, out string value)
    {
        value = "";
        if (body.RootElement.ValueKind != JsonValueKind.Object
            || !body.RootElement.TryGetProperty(name, out var element) || element.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        value = element.GetString()!;
        return true;
    }

    private static Task FailAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return TargetEndpoints.WriteJsonAsync(context, w =>
        {
            w.WriteStartObject();
            w.WriteString("error", message);
            w.WriteEndObject();
        });
    }

    private sealed class Sale(int quantity)
    {
        private readonly Dictionary<string, int> _answers = new(StringComparer.Ordinal);

        public int Sold { get; private set; }

        /// <summary>The order's number, or 0 when sold out.</summary>
        public int Order(string idempotencyKey)
        {
            if (idempotencyKey.Length > 0 && _answers.TryGetValue(idempotencyKey, out var earlier))
            {
                return earlier;
            }

            var id = Sold < quantity ? ++Sold : 0;
            if (idempotencyKey.Length > 0 && _answers.Count < MaxOrders)
            {
                _answers.Add(idempotencyKey, id);
            }

            return id;
        }
    }
}
