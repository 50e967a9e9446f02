using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Model.Observing;

namespace LoadTesting.Model.Tests.Observing;

public sealed class PrometheusAnswerTests
{
    private const double Start = 1_700_000_000.5;

    [Theory]
    [InlineData("[]", "", 0, "empty: no series")]
    [InlineData("""[{"metric":{},"values":[[1700000000.5,"1"],[1700000002.5,"-2.5e3"],[1700000004.5,"0"]]}]""", "0:1 1:-2500 2:0", 0, null)]
    [InlineData("""[{"metric":{},"values":[[1700000002.5,"7"]]}]""", "1:7", 0, "empty: no series")]
    [InlineData("""[{"metric":{},"values":[[1700000000.5,"NaN"],[1700000002.5,"+Inf"],[1700000004.5,"3"]]}]""", "2:3", 0, "NaN or infinite")]
    [InlineData("""[{"metric":{"pod":"a"},"values":[[1700000000.5,"1"]]},{"metric":{"pod":"b"},"values":[[1700000002.5,"2"],[1700000004.5,"3"]]}]""", "0:1 1:2 2:3", 0, null)]
    [InlineData("""[{"metric":{"pod":"a"},"values":[[1700000000.5,"1"],[1700000002.5,"1"]]},{"metric":{"pod":"b"},"values":[[1700000002.5,"1"],[1700000004.5,"3"]]}]""", "0:1 2:3", 1, "2 series at once")]
    [InlineData("""[{"metric":{},"values":[[1699999998.5,"9"],[1700000000.5004,"1"],[1700000002.4996,"1"],[1700000004.5,"1"],[1700000006.5,"9"]]}]""", "0:1 1:1 2:1", 0, null)]
    public void Each_instant_has_one_number_or_none(string result, string values, int ambiguous, string? note)
    {
        var answer = Read($$$"""{"status":"success","data":{"resultType":"matrix","result":{{{result}}}}}""");
        Assert.Null(answer.Error);
        Assert.Equal(values, string.Join(' ', answer.Values.Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.At}:{v.Value}"))));
        Assert.Equal(ambiguous, answer.Ambiguous);
        Assert.True(note is null ? answer.Note is null : answer.Note?.Contains(note, StringComparison.Ordinal), answer.Note);
    }

    [Theory]
    [InlineData(400, """{"status":"error","errorType":"bad_data","error":"1:5: parse error: unclosed left parenthesis"}""", "1:5: parse error: unclosed left parenthesis (bad_data)")]
    [InlineData(503, """{"status":"error","errorType":"timeout","error":"query timed out"}""", "query timed out (timeout)")]
    [InlineData(200, """{"status":"success","data":{"resultType":"string","result":[1,"a"]}}""", "the answer is a string, wanted is a number")]
    [InlineData(200, "<html>a login page</html>", "the answer is not that of a Prometheus")]
    [InlineData(401, "unauthorized", "status 401")]
    [InlineData(302, "", "status 302")]
    [InlineData(200, """{"status":"success"}""", "the answer is not that of a Prometheus")]
    [InlineData(200, """{"status":"success","data":{"resultType":"matrix","result":[{"values":[["a","b"]]}]}}""", "the answer is not that of a Prometheus")]
    [InlineData(200, """{"status":"success","data":{"resultType":"matrix","result":{"values":1}}}""", "the answer is not that of a Prometheus")]
    [InlineData(200, "[1]", "status 200")]
    public void What_is_no_answer_says_why(int status, string body, string error)
    {
        var answer = Read(body, status);
        Assert.Equal(error, answer.Error);
        Assert.Empty(answer.Values);
    }

    [Fact]
    public void No_bytes_make_it_throw()
    {
        var template = Encoding.UTF8.GetBytes("""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1700000000.5,"1"]]}]}}""");
        var damaged =
            from at in Gen.Choose(0, template.Length - 1)
            from value in Gen.Choose(0, 255)
            from length in Gen.Choose(0, template.Length)
            select ((byte[])[.. template[..at], (byte)value, .. template[(at + 1)..]])[..length];
        Prop.ForAll(damaged.ToArbitrary(), bytes => Assert.NotNull(PrometheusAnswer.Read(new QueryDue("q", 0, 2), bytes, 200, Start, 2))).QuickCheckThrowOnFailure();
    }

    private static QueryAnswer Read(string body, int status = 200) => PrometheusAnswer.Read(new QueryDue("q", 0, 2), Encoding.UTF8.GetBytes(body), status, Start, 2);
}
