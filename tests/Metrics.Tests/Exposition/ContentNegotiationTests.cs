using LoadTesting.Metrics.Exposition;

namespace LoadTesting.Metrics.Tests.Exposition;

public class ContentNegotiationTests
{
    private const string Protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

    [Theory]
    [InlineData(null, ExpositionFormat.Text)]
    [InlineData("", ExpositionFormat.Text)]
    [InlineData("*/*", ExpositionFormat.Text)]
    [InlineData("text/html, application/xhtml+xml", ExpositionFormat.Text)]
    [InlineData(Protobuf, ExpositionFormat.Protobuf)]
    [InlineData("Application/VND.google.protobuf; Proto=\"io.prometheus.client.MetricFamily\" ; Encoding = delimited", ExpositionFormat.Protobuf)]
    [InlineData("application/vnd.google.protobuf;proto=other.Message;encoding=delimited", ExpositionFormat.Text)]
    [InlineData("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text", ExpositionFormat.Text)]
    [InlineData("application/openmetrics-text", ExpositionFormat.OpenMetrics)]
    [InlineData("application/openmetrics-text;version=0.0.1", ExpositionFormat.Text)]
    [InlineData("text/plain;version=0.0.4;q=0.5,application/openmetrics-text;version=1.0.0;q=0.6", ExpositionFormat.OpenMetrics)]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.5", ExpositionFormat.OpenMetrics)]
    [InlineData("text/*;q=0.9," + Protobuf + ";q=0.8", ExpositionFormat.Text)]
    [InlineData(Protobuf + ";q=0,text/plain;q=0.1", ExpositionFormat.Text)]
    [InlineData(Protobuf + ";q=nonsense", ExpositionFormat.Text)]
    [InlineData(Protobuf + ";q=7", ExpositionFormat.Text)]
    [InlineData(Protobuf + ";q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1", ExpositionFormat.Protobuf)]
    [InlineData("application/vnd.loadtest.snapshot; version=3, application/vnd.loadtest.snapshot; version=2; q=0.7, " + Protobuf + "; q=0.5", ExpositionFormat.Compact)]
    [InlineData("application/vnd.loadtest.snapshot; version=2, " + Protobuf + "; q=0.5", ExpositionFormat.Protobuf)] // of earlier versions
    [InlineData("application/vnd.loadtest.snapshot; version=1, " + Protobuf + "; q=0.5", ExpositionFormat.Protobuf)] // an operator of an earlier version
    [InlineData(";;;,,=,q=1", ExpositionFormat.Text)]
    public void The_best_format_that_the_client_accepts_is_chosen(string? accept, ExpositionFormat format) =>
        Assert.Equal(format, ContentNegotiation.Choose(accept));

    [Theory]
    [InlineData(ExpositionFormat.Text)]
    [InlineData(ExpositionFormat.OpenMetrics)]
    [InlineData(ExpositionFormat.Protobuf)]
    [InlineData(ExpositionFormat.Compact)]
    public void A_content_type_leads_back_to_its_format_from_either_header(ExpositionFormat format)
    {
        Assert.Equal(format, ContentNegotiation.FromContentType(ContentNegotiation.ContentType(format)));
        Assert.Equal(format, ContentNegotiation.Choose(ContentNegotiation.ContentType(format)));
    }

    [Fact]
    public void A_collector_reads_the_version_before_this_one_too()
    {
        Assert.Equal(ExpositionFormat.Compact, ContentNegotiation.Choose(ContentNegotiation.CollectorAccept));
        Assert.Contains("version=2; q=0.7", ContentNegotiation.CollectorAccept, StringComparison.Ordinal);
        Assert.Equal(ExpositionFormat.Compact, ContentNegotiation.FromContentType("application/vnd.loadtest.snapshot; version=2"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("*/*")]
    [InlineData("text/html")]
    [InlineData("application/vnd.loadtest.snapshot; version=1")]
    public void Other_content_types_are_none_of_ours(string? contentType) => Assert.Null(ContentNegotiation.FromContentType(contentType));
}
