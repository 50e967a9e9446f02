using LoadTesting.Runner.Target.Systems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LoadTesting.Runner.Target;

/// <summary>
/// A flash sale that sells what it has and no more. Requests with a known idempotency key get their first answer again. A share of the orders may be
/// sent to a waiting room (302), as a rate limiter in front of a shop does.
/// </summary>
internal sealed class Sales(TimeProvider time, TargetBehaviour behaviour, TargetStatistics statistics)
{
    private const int MaxOrders = 1_000_000;
    private const double OrderMilliseconds = 3;

    private readonly SimulatedWork _work = new(time, behaviour);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Sale> _sales = new(StringComparer.Ordinal);

    private enum Outcome
    {
        Unknown,
        Sold,
        SoldOut,
        Waiting,
    }

    public void Map(WebApplication app)
    {
        app.MapPost("/init", InitAsync);
        app.MapPost("/order", OrderAsync);
        app.MapGet("/orders/count", CountAsync);
        app.MapGet("/waiting-room", context => context.AnswerAsync(StatusCodes.Status200OK, w => w.WriteString("result", "please wait")));
    }

    private async Task InitAsync(HttpContext context)
    {
        using var body = await JsonBodies.ReadAsync(context);
        var share = 0.0;
        if (body is null || !body.TryString("productId", out var product) || !body.TryCount("quantity", out var quantity)
            || (body.RootElement.TryGetProperty("waitingRoom", out var w) && (!w.TryGetDouble(out share) || share is not (>= 0 and <= 1))))
        {
            await context.FailAsync(
                StatusCodes.Status400BadRequest, "body must be {\"productId\": string, \"quantity\": integer >= 0, \"waitingRoom\": share from 0 to 1 (optional)}");
            return;
        }

        lock (_lock)
        {
            _sales[product] = new Sale(quantity, behaviour.Has(Misbehaviour.Oversell) ? quantity + 1 : quantity, share);
        }

        statistics.Count("shop.opened");
        await context.AnswerAsync(StatusCodes.Status200OK, w =>
        {
            w.WriteString("productId", product);
            w.WriteNumber("quantity", quantity);
        });
    }

    private async Task OrderAsync(HttpContext context)
    {
        using var body = await JsonBodies.ReadAsync(context);
        if (body is null || !body.TryString("productId", out var product))
        {
            await context.FailAsync(StatusCodes.Status400BadRequest, "body must be {\"productId\": string, …}");
            return;
        }

        if (_work.Fails())
        {
            await context.FailAsync(StatusCodes.Status503ServiceUnavailable, "try again later");
            return;
        }

        // The decision falls before the work: an order whose client goes away meanwhile was still sold.
        var (outcome, id) = Decide(product, context.Request.Headers["x-idempotency-key"].ToString());
        await _work.DoAsync(context, OrderMilliseconds);
        switch (outcome)
        {
            case Outcome.Unknown:
                await context.FailAsync(StatusCodes.Status404NotFound, "no such sale: POST /init first");
                break;
            case Outcome.Waiting:
                context.Response.Headers.Location = "/waiting-room";
                await context.AnswerAsync(StatusCodes.Status302Found, w => w.WriteString("result", "waiting room"));
                break;
            case Outcome.Sold:
                await context.AnswerAsync(StatusCodes.Status200OK, w =>
                {
                    w.WriteString("result", "sold");
                    w.WriteNumber("id", id);
                });
                break;
            default:
                await context.AnswerAsync(StatusCodes.Status409Conflict, w => w.WriteString("result", "sold out"));
                break;
        }
    }

    private (Outcome Outcome, int Id) Decide(string product, string idempotencyKey)
    {
        lock (_lock)
        {
            if (!_sales.TryGetValue(product, out var sale))
            {
                return (Outcome.Unknown, 0);
            }

            if (sale.SendsToWaitingRoom())
            {
                statistics.Count("shop.waiting");
                return (Outcome.Waiting, 0);
            }

            var before = sale.Sold;
            var id = sale.Order(idempotencyKey);
            statistics.Count(sale.Sold > before ? "shop.sold" : id > 0 ? "shop.repeated" : "shop.sold_out");
            return (id > 0 ? Outcome.Sold : Outcome.SoldOut, id);
        }
    }

    private Task CountAsync(HttpContext context)
    {
        (int Count, int Stock)? seen = null;
        lock (_lock)
        {
            if (_sales.TryGetValue(context.Request.Query["productId"].ToString(), out var sale))
            {
                seen = (sale.Sold, sale.Quantity - sale.Sold);
            }
        }

        return seen is not { } known
            ? context.FailAsync(StatusCodes.Status404NotFound, "no such sale: POST /init first")
            : context.AnswerAsync(StatusCodes.Status200OK, w =>
            {
                w.WriteNumber("count", known.Count);
                w.WriteNumber("stock", known.Stock);
            });
    }

    private sealed class Sale(int quantity, int sells, double waitingRoom)
    {
        private readonly Dictionary<string, int> _answers = new(StringComparer.Ordinal);
        private long _requests;

        public int Quantity => quantity;

        public int Sold { get; private set; }

        /// <summary>An exact share: of n requests floor(n · share) have been sent there.</summary>
        public bool SendsToWaitingRoom()
        {
            var n = ++_requests;
            return Math.Floor(n * waitingRoom) > Math.Floor((n - 1) * waitingRoom);
        }

        /// <summary>The order's number, or 0 when sold out.</summary>
        public int Order(string idempotencyKey)
        {
            if (idempotencyKey.Length > 0 && _answers.TryGetValue(idempotencyKey, out var earlier))
            {
                return earlier;
            }

            var id = Sold < sells ? ++Sold : 0;
            if (idempotencyKey.Length > 0 && _answers.Count < MaxOrders)
            {
                _answers.Add(idempotencyKey, id);
            }

            return id;
        }
    }
}
