using System.IO.Compression;
using System.Text;
using LoadTesting.Runner.Engine;
using LoadTesting.Runner.Tests.Http;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Engine;

/// <summary>Bodies, credentials and cookies, octet by octet at the server.</summary>
public sealed class BodyTests : IDisposable
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("loadtest-bodies-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_multipart_body_has_its_parts_as_browsers_send_them()
    {
        await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, "face.png"), [0x89, (byte)'P', 0, 0xFF]);
        await using var server = RawHttpServer.Answering(Ok);
        var run = YamlRun.OnceThrough(server.Url, """
                  - request:
                      method: POST
                      url: /upload
                      multipart:
                        - {name: user, value: "u${vu.id}"}
                        - {name: avatar, file: face.png}
                        - {name: "a\"b", file: face.png, filename: "x.bin", contentType: image/png}
            """);
        run.Folder = _folder.FullName;
        await run.RunAsync();
        var request = Assert.Single(server.Requests);
        var boundary = request.Split("multipart/form-data; boundary=")[1].Split("\r\n")[0];
        const string Face = "\u0089P\0\u00FF";
        Assert.EndsWith(
            $"\r\n\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nu1\r\n"
            + $"--{boundary}\r\nContent-Disposition: form-data; name=\"avatar\"; filename=\"face.png\"\r\nContent-Type: application/octet-stream\r\n\r\n{Face}\r\n"
            + $"--{boundary}\r\nContent-Disposition: form-data; name=\"a%22b\"; filename=\"x.bin\"\r\nContent-Type: image/png\r\n\r\n{Face}\r\n--{boundary}--\r\n",
            request,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_sent_as_it_is()
    {
        await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, "raw.bin"), [1, 2, 0xFE, (byte)'$', (byte)'{', (byte)'x', (byte)'}']);
        await using var server = RawHttpServer.Answering(Ok);
        var run = YamlRun.OnceThrough(server.Url, "      - request: {method: PUT, url: /raw, file: raw.bin, headers: {Content-Type: application/x-raw}}");
        run.Folder = _folder.FullName;
        await run.RunAsync();
        Assert.EndsWith("\r\n\r\n\u0001\u0002\u00FE${x}", Assert.Single(server.Requests), StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Type: application/x-raw\r\n", server.Requests.First());
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_problem_of_its_field()
    {
        var run = YamlRun.OnceThrough(null, "      - request: {method: PUT, url: \"http://h/\", file: missing.bin}");
        var compilation = CompiledTest.Compile(run.Spec, new Dictionary<string, string>(), folder: _folder.FullName);
        var problem = Assert.Single(compilation.Problems);
        Assert.Equal(("spec.flows.main[0].request.file", "file", "missing.bin"), (problem.Path, problem.Rule, problem.Value));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_body_can_be_compressed(string encoding)
    {
        await using var server = RawHttpServer.Answering(Ok);
        var run = YamlRun.OnceThrough(server.Url, $"      - request: {{method: POST, url: /a, json: {{id: \"${{vu.id}}\", text: {new string('a', 500)}}}, compression: {encoding}}}");
        await run.RunAsync();
        var request = Assert.Single(server.Requests);
        Assert.Contains($"\r\nContent-Encoding: {encoding}\r\n", request);
        Assert.Contains("\r\nContent-Type: application/json\r\n", request);
        var body = Encoding.Latin1.GetBytes(request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        Assert.True(body.Length < 200, $"{body.Length} octets");
        using Stream decoder = encoding switch
        {
            "gzip" => new GZipStream(new MemoryStream(body), CompressionMode.Decompress),
            "br" => new BrotliStream(new MemoryStream(body), CompressionMode.Decompress),
            _ => new ZLibStream(new MemoryStream(body), CompressionMode.Decompress),
        };
        Assert.Equal($"{{\"id\":1,\"text\":\"{new string('a', 500)}\"}}", await new StreamReader(decoder).ReadToEndAsync());
    }

    [Fact]
    public async Task Credentials_become_the_authorization_of_the_request()
    {
        await using var server = RawHttpServer.Answering(Ok);
        var run = YamlRun.Of(server.Url, """
              http: {headers: {authorization: Bearer general}}
              flows:
                main:
                  - request: {url: /1, auth: {basic: {username: "u${vu.id}", password: "p:ä"}}}
                  - request: {url: /2, auth: {bearer: "t-${1 + 1}"}}
                  - request: {url: /3}
              scenarios: {s: {executor: per-vu-iterations, exec: main}}
            """);
        await run.RunAsync();
        Assert.Equal(
            [$"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("u1:p:ä"))}", "Authorization: Bearer t-2", "Authorization: Bearer general"],
            server.Requests.Select(r => Assert.Single(r.Split("\r\n"), l => l.StartsWith("authorization:", StringComparison.OrdinalIgnoreCase)).Replace("authorization:", "Authorization:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Own_cookies_replace_those_of_the_jar_and_expressions_see_what_is_there()
    {
        await using var server = RawHttpServer.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nSet-Cookie: sid=abc; Path=/; HttpOnly\r\nSet-Cookie: theme=dark\r\nContent-Length: 0\r\n\r\n");
            while (await connection.ReadRequestAsync() is not null) await connection.WriteAsync(Ok);
        });
        var run = YamlRun.OnceThrough(server.Url, """
                  - request: {url: /login, extract: {sid: "cookies['sid']"}, checks: {theme: "cookies.theme == 'dark'", none: "!('other' in cookies)"}}
                  - request: {url: /a, cookies: {sid: "own-${vars.sid}", lang: de}, checks: {still: "cookies['sid'] == 'abc'"}}
                  - request: {url: /b}
            """);
        await run.RunAsync();
        Assert.Equal((3, 3), (run.Rate("checks")!.Trues, run.Rate("checks")!.Total));
        var cookies = server.Requests.Select(r => r.Split("\r\n").FirstOrDefault(l => l.StartsWith("Cookie:", StringComparison.Ordinal)) ?? "").ToArray();
        Assert.Equal(["", "Cookie: sid=own-abc; lang=de; theme=dark", "Cookie: sid=abc; theme=dark"], cookies);
    }

    [Fact]
    public async Task Without_a_jar_expressions_see_what_the_response_sets()
    {
        await using var server = await KestrelServer.StartAsync();
        var run = YamlRun.Of(server.Url, """
              http: {cookies: false, redirects: 0}
              flows: {main: [{request: {url: /login, checks: {set: "cookies['session'] == 's-1'"}}}]}
              scenarios: {s: {executor: per-vu-iterations}}
            """);
        await run.RunAsync();
        Assert.Equal(1, run.Rate("checks")!.Trues);
    }
}
