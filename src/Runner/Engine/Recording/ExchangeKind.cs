using System.Globalization;
using LoadTesting.Metrics;
using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Engine.Recording;

/// <summary>What distinguishes the series of one request step from each other: everything that is known only when an exchange is over.</summary>
internal readonly record struct ExchangeKind(string Name, string Method, int Status, bool IsExpected, TransportError Error, string Protocol, string TlsVersion)
{
    /// <summary>k6's error code: that of the transport, or 1000 + status of a 4xx or 5xx answer; 0 when there is none.</summary>
    public int ErrorCode => Error != TransportError.None ? (int)Error : Status >= 400 ? 1000 + Status : 0;

    /// <summary>k6's system tags of an HTTP sample. Tag <c>url</c> equals <c>name</c>, as in k6 for named requests: ids in URLs would open a series each.</summary>
    public TagSet ToTags() => TagSet.Of(
        ("name", Name),
        ("url", Name),
        ("method", Method),
        ("status", Status.ToString(CultureInfo.InvariantCulture)),
        ("proto", Protocol),
        ("expected_response", IsExpected ? "true" : "false"),
        ("error", TransportErrors.Text(Error)),
        ("error_code", ErrorCode == 0 ? "" : ErrorCode.ToString(CultureInfo.InvariantCulture)),
        ("tls_version", TlsVersion));
}
