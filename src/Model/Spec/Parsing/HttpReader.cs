using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec.Parsing;

/// <summary>Reads <c>http</c> and its <c>tls</c>.</summary>
internal static class HttpReader
{
    public static HttpSpec Read(SpecNode node, string path, ICollection<Problem> problems)
    {
        var standard = new HttpSpec();
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return standard;
        }

        var http = new HttpSpec
        {
            Timeout = reader.Duration("timeout") ?? standard.Timeout,
            Redirects = reader.SmallInteger("redirects") ?? standard.Redirects,
            Headers = reader.Strings("headers"),
            Cookies = reader.Boolean("cookies") ?? standard.Cookies,
            NoCookiesReset = reader.Boolean("noCookiesReset") ?? standard.NoCookiesReset,
            KeepAlive = reader.Boolean("keepAlive") ?? standard.KeepAlive,
            NoVUConnectionReuse = reader.Boolean("noVUConnectionReuse") ?? standard.NoVUConnectionReuse,
            MaxConnectionAge = reader.Duration("maxConnectionAge"),
            Http2 = reader.Boolean("http2") ?? standard.Http2,
            H2c = reader.Boolean("h2c") ?? standard.H2c,
            Throw = reader.Boolean("throw") ?? standard.Throw,
            MaxBodyBytes = reader.Integer("maxBodyBytes") ?? standard.MaxBodyBytes,
            ConnectTimeout = reader.Duration("connectTimeout") ?? standard.ConnectTimeout,
            UserAgent = reader.String("userAgent"),
            Expect = StatusesReader.ReadExpect(reader),
            Batch = reader.SmallInteger("batch") ?? standard.Batch,
            BatchPerHost = reader.SmallInteger("batchPerHost") ?? standard.BatchPerHost,
            Tls = reader.Node("tls") is { } tls ? ReadTls(tls, reader.PathOf("tls"), problems) : standard.Tls,
        };
        reader.Refuse("rps", SpecParser.NoRps);
        reader.Close();
        return http;
    }

    private static TlsSpec ReadTls(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return new TlsSpec();
        }

        var tls = new TlsSpec
        {
            InsecureSkipVerify = reader.Boolean("insecureSkipVerify") ?? false,
            CaFile = reader.String("caFile"),
            CertFile = reader.String("certFile"),
            KeyFile = reader.String("keyFile"),
            ServerName = reader.String("serverName"),
            MinVersion = reader.String("minVersion"),
            MaxVersion = reader.String("maxVersion"),
            CipherSuites = reader.List("cipherSuites", static (node, at, found) => NodeValues.String(node, at, found) ?? ""),
        };
        reader.Close();
        return tls;
    }
}
