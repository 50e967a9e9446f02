using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LoadTesting.TestKit.FakeKubernetes;

/// <summary>Stands between a client and an API server and does to the traffic what networks, load balancers and overloaded servers do.</summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly HttpClient _upstream;
    private CancellationTokenSource _streams = new();

    private FaultProxy(WebApplication application, HttpClient upstream)
    {
        _application = application;
        _upstream = upstream;
    }

    /// <summary>Base URL.</summary>
    public Uri Url => new(_application.Urls.Single());

    /// <summary>Looks at each request first; one that it answers itself (true) does not reach the server.</summary>
    public Func<HttpContext, Task<bool>>? OnRequest { get; set; }

    /// <summary>Each line of a watch → the lines that the client gets instead, none to swallow it.</summary>
    public Func<string, IEnumerable<string>>? OnWatchLine { get; set; }

    /// <summary>Starts one on a free port.</summary>
    /// <param name="server">The server behind it.</param>
    public static async Task<FaultProxy> StartAsync(Uri server)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        var proxy = new FaultProxy(
            application, new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan });
        application.Run(proxy.HandleAsync);
        await application.StartAsync();
        return proxy;
    }

    /// <summary>Breaks every open stream off.</summary>
    public void CutStreams()
    {
        var old = Interlocked.Exchange(ref _streams, new CancellationTokenSource());
        old.Cancel();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        CutStreams();
        await _application.StopAsync();
        await _application.DisposeAsync();
        _upstream.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        if (OnRequest is { } look && await look(context))
        {
            return;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _streams.Token);
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), context.Request.Path + context.Request.QueryString);
        if (context.Request.ContentLength > 0)
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        }

        try
        {
            using var answer = await _upstream.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end.Token);
            context.Response.StatusCode = (int)answer.StatusCode;
            context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
            if (context.Request.Query["watch"] == "true" && answer.StatusCode == HttpStatusCode.OK)
            {
                await StreamAsync(context, answer, end.Token);
            }
            else
            {
                await answer.Content.CopyToAsync(context.Response.Body, end.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException)
        {
            context.Abort();
        }
    }

    private async Task StreamAsync(HttpContext context, HttpResponseMessage answer, CancellationToken cancellation)
    {
        await context.Response.Body.FlushAsync(cancellation);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellation));
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            foreach (var sent in OnWatchLine?.Invoke(line) ?? [line])
            {
                await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(sent + "\n"), cancellation);
            }

            await context.Response.Body.FlushAsync(cancellation);
        }
    }
}
