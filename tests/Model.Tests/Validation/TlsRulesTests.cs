using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Tests.Validation;

/// <summary>Versions and cipher suites of TLS.</summary>
public sealed class TlsRulesTests
{
    [Theory]
    [InlineData(null, null, "")]
    [InlineData("tls1.0", "tls1.3", "")]
    [InlineData("tls1.2", "tls1.2", "")]
    [InlineData("tls1.3", "tls1.2", "spec.http.tls.minVersion: minVersion (tls1.3) is above maxVersion (tls1.2)")]
    [InlineData("1.2", null, "spec.http.tls.minVersion: a TLS version is one of tls1.0, tls1.1, tls1.2, tls1.3")]
    [InlineData(null, "TLS1.2", "spec.http.tls.maxVersion: a TLS version is one of tls1.0, tls1.1, tls1.2, tls1.3")]
    public void Versions(string? min, string? max, string expected) => Assert.Equal(expected, Problems(new TlsSpec { MinVersion = min, MaxVersion = max }));

    [Theory]
    [InlineData("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "")]
    [InlineData("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305", "")]
    [InlineData("TLS_AES_128_GCM_SHA256", "")]
    [InlineData("ECDHE-RSA-AES128-GCM-SHA256", "spec.http.tls.cipherSuites[0]: there is no such cipher suite: names are as in TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")]
    [InlineData("", "spec.http.tls.cipherSuites[0]: there is no such cipher suite: names are as in TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")]
    public void Suites(string suite, string expected) => Assert.Equal(expected, Problems(new TlsSpec { CipherSuites = [suite] }));

    private static string Problems(TlsSpec tls)
    {
        var spec = new LoadTestSpec { Target = "https://shop.example", Http = new HttpSpec { Tls = tls } };
        return string.Join("; ", SpecValidator.Validate(new LoadTestManifest { Name = "t", Spec = spec }).Problems.Where(p => p.Path.Contains(".tls", StringComparison.Ordinal)).Select(p => $"{p.Path}: {p.Message}"));
    }
}
