using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Runner.Tests.Http;

/// <summary>A well-behaved server with a few endpoints that counts what it is asked.</summary>
internal sealed class KestrelServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private KestrelServer(WebApplication app) => _app = app;

    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Every request: method, path with query, Cookie field, body.</summary>
    public ConcurrentQueue<(string Method, string Path, string Cookie, string Body)> Seen { get; } = new();

    public static async Task<KestrelServer> StartAsync(X509Certificate2? certificate = null, bool isHttp2Only = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, 0, l =>
        {
            if (certificate is not null) l.UseHttps(certificate);
            if (isHttp2Only) l.Protocols = Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http2;
        }));
        var app = builder.Build();
        var server = new KestrelServer(app);
        app.Use(async (context, next) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            server.Seen.Enqueue((context.Request.Method, context.Request.Path + context.Request.QueryString, context.Request.Headers.Cookie.ToString(), body));
            await next(context);
        });
        app.Map("/hello", () => "hello");
        app.Map("/json", () => Results.Json(new { id = "a-17", count = 3, items = new[] { 1, 2, 3 } }));
        app.Map("/status/{code:int}", (int code) => Results.StatusCode(code));
        app.Map("/redirect/{n:int}", (int n) => Results.Redirect(n > 1 ? $"/redirect/{n - 1}" : "/get"));
        app.Map("/get", () => "got");
        app.Map("/digest", Digest);
        app.Map("/to/{code:int}", (HttpContext context, int code, string? where) =>
        {
            context.Response.Headers.Location = where ?? "/hello";
            context.Response.StatusCode = code;
        });
        app.Map("/login", (HttpContext context) =>
        {
            context.Response.Cookies.Append("session", "s-1");
            return Results.Redirect("/hello");
        });
        app.Map("/slow", async (int ms) =>
        {
            await Task.Delay(ms);
            return "slow";
        });
        await app.StartAsync();
        return server;
    }

    /// <summary>Lets in whoever knows Mufasa's password, and says so. Written for its one nonce, and not with the code under test.</summary>
    private static IResult Digest(HttpContext context)
    {
        var given = context.Request.Headers.Authorization.ToString();
        string Part(string name) => System.Text.RegularExpressions.Regex.Match(given, $"[ ,]{name}=\"?([^\",]*)").Groups[1].Value;
        string Hash(string text) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
        var wanted = Hash($"{Hash("Mufasa:shop:Circle of Life")}:n0nce:{Part("nc")}:{Part("cnonce")}:auth:{Hash($"{context.Request.Method}:{context.Request.Path}{context.Request.QueryString}")}");
        if (given.StartsWith("Digest ", StringComparison.Ordinal) && Part("response") == wanted && Part("username") == "Mufasa") return Results.Text("in");
        context.Response.Headers.WWWAuthenticate = "Digest realm=\"shop\", nonce=\"n0nce\", algorithm=SHA-256, qop=\"auth\"";
        return Results.StatusCode(401);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
