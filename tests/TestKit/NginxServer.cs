using System.Diagnostics;
using Xunit;

namespace LoadTesting.TestKit;

/// <summary>
/// Debian's nginx on a free loopback port: a server that is not ours and whose access log is the truth that a report is compared with.
/// Each instance has its own folder, configuration and worker.
/// </summary>
public sealed class NginxServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly Process _process;

    private NginxServer(string folder, Process process, Uri url)
    {
        _folder = folder;
        _process = process;
        Url = url;
    }

    /// <summary>Base URL.</summary>
    public Uri Url { get; }

    /// <summary>Starts one; skips the calling test where nginx is not installed (unless <c>CI</c> is set: then it is a failure).</summary>
    /// <param name="locations">The <c>location</c> blocks of the server.</param>
    public static async Task<NginxServer> StartAsync(string locations)
    {
        var binary = new[] { "/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx" }.FirstOrDefault(File.Exists);
        if (Environment.GetEnvironmentVariable("CI") is null)
        {
            Skip.If(binary is null, "nginx is not installed: tests/install-dependencies.sh does it");
        }

        for (var attempt = 1; ; attempt++)
        {
            var server = Launch(binary!, locations, FreePort.Next());
            if (await server.AnswersAsync())
            {
                return server;
            }

            var log = server.ErrorLog();
            await server.DisposeAsync();
            Assert.True(attempt < 5, $"nginx did not start: {log}");
        }
    }

    /// <summary>The access log's lines: method, path, status, bytes, request time in s, Unix time with ms of the answer's end.</summary>
    public IReadOnlyList<NginxAccess> Accesses() =>
        [.. File.ReadAllLines(Path.Combine(_folder, "access.log")).Select(NginxAccess.Parse).Where(a => a.Path != "/__ready")];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static NginxServer Launch(string binary, string locations, int port)
    {
        var folder = Directory.CreateTempSubdirectory("loadtest-nginx-").FullName;
        File.WriteAllText(
            Path.Combine(folder, "nginx.conf"),
            $$"""
            daemon off;
            worker_processes 1;
            pid {{folder}}/nginx.pid;
            error_log {{folder}}/error.log warn;
            events { worker_connections 4096; }
            http {
              log_format truth '$request_method $request_uri $status $body_bytes_sent $request_time $msec';
              access_log {{folder}}/access.log truth;
              client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi; scgi_temp_path {{folder}}/scgi;
              keepalive_requests 1000000;
              default_type application/json;
              server {
                listen 127.0.0.1:{{port}};
                location = /__ready { return 204; }
                {{locations}}
              }
            }
            """);
        var start = new ProcessStartInfo(binary, ["-c", Path.Combine(folder, "nginx.conf"), "-p", folder, "-e", Path.Combine(folder, "error.log")])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        return new NginxServer(folder, Process.Start(start)!, new Uri($"http://127.0.0.1:{port}/"));
    }

    private async Task<bool> AnswersAsync()
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        for (var i = 0; i < 200 && !_process.HasExited; i++)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri(Url, "/__ready"));
                return true;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                await Task.Delay(50);
            }
        }

        return false;
    }

    private string ErrorLog()
    {
        var path = Path.Combine(_folder, "error.log");
        return File.Exists(path) ? File.ReadAllText(path) : "no error log";
    }
}
