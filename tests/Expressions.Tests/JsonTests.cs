using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck.Fluent;
using Check = FsCheck.Check;

namespace LoadTesting.Expressions.Tests;

/// <summary>JSON documents as values, and values as JSON.</summary>
public class JsonTests
{
    [Theory]
    [InlineData("1", "1")]
    [InlineData("-0", "0")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("9223372036854775808", "9223372036854775808.0")]
    [InlineData("1.0", "1.0")]
    [InlineData("1e3", "1000.0")]
    [InlineData("\"a\\u00e4\\n\"", "'aä\\n'")]
    [InlineData("[]", "[]")]
    [InlineData("{\"a\":{\"b\":[1,null,true]}}", "{'a': {'b': [1, null, true]}}")]
    [InlineData("{\"a\":1,\"a\":2}.a", "2")]
    public void Each_json_value_has_its_kind(string json, string expected)
    {
        var isField = json.EndsWith(".a", StringComparison.Ordinal);
        var value = Cel.Json(isField ? json[..^2] : json);

        Assert.Equal(Cel.Run(expected), isField ? Cel.Run("x.a", ("x", value)) : value);
    }

    [Theory]
    [InlineData("json.count == 100")]
    [InlineData("json.count == 100.0")]
    [InlineData("json.count * 1.5 == 150.0")]
    [InlineData("json.ratio * 2 == 1.0")]
    [InlineData("json.items.size() == 6 && json.items[5].id == 6")]
    [InlineData("json.items.all(i, i.id > 0) && json.items.map(i, i.id) == [1, 2, 3, 4, 5, 6]")]
    [InlineData("json.items.exists(i, i.id == 4)")]
    [InlineData("json['count'] == json.count && 'count' in json && !('nope' in json)")]
    [InlineData("json.map(k, k) == ['count', 'ratio', 'items', 'text']")]
    [InlineData("json == json && json != {}")]
    [InlineData("json.text == 'ok'")]
    public void A_document_read_in_place_answers_like_a_map(string source)
    {
        var items = string.Join(',', Enumerable.Range(1, 6).Select(i => $"{{\"id\":{i}}}"));
        using var document = CelJsonDocument.TryParse(Encoding.UTF8.GetBytes($"{{\"count\":100,\"ratio\":0.5,\"items\":[{items}],\"text\":\"ok\"}}"), out var error);

        Assert.Null(error);
        Assert.Equal(CelValue.True, Cel.Run(source, ("json", document!.Root)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1,]")]
    [InlineData("{'a': 1}")]
    [InlineData("nul")]
    [InlineData("1 2")]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"\\udc00\"")]
    [InlineData("\"\\ud800x\\udc00\"")]
    [InlineData("{\"\\ud800\": 1}")]
    public void What_is_not_json_is_an_error_value(string text)
    {
        Assert.Equal(CelErrorCode.InvalidArgument, Cel.Json(text).AsError.Code);
        Assert.Null(CelJsonDocument.TryParse(Encoding.UTF8.GetBytes(text), out var error));
        Assert.StartsWith("not JSON: ", error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Malformed_utf8_and_deep_nesting_are_errors_too()
    {
        Assert.True(CelJson.Parse(new byte[] { (byte)'"', 0xff, (byte)'"' }).IsError);
        Assert.True(Cel.Json(new string('[', 129) + new string(']', 129)).IsError);
        Assert.False(Cel.Json(new string('[', 128) + new string(']', 128)).IsError);
    }

    [Theory]
    [InlineData("\"\\\\ud800\"", "'\\\\ud800'")]
    [InlineData("\"\\ud83d\\ude80\\ud83d\\ude80\"", "'🚀🚀'")]
    [InlineData("\"\\\"\\u0041\"", "'\"A'")]
    public void Escapes_that_are_whole_are_decoded(string json, string expected)
    {
        Assert.Equal(Cel.Run(expected), Cel.Json(json));
    }

    [Fact]
    public void A_detached_value_outlives_its_document()
    {
        var octets = Encoding.UTF8.GetBytes("""{"a": [1, {"b": "text"}]}""");
        CelValue kept;
        using (var document = CelJsonDocument.TryParse(octets, out _)!)
        {
            kept = CelJson.Detach(Cel.Run("{'inner': json.a, 'list': [json.a[1]]}", ("json", document.Root)));
        }

        octets.AsSpan().Clear();
        Assert.Equal(Cel.Run("{'inner': [1, {'b': 'text'}], 'list': [{'b': 'text'}]}"), kept);
    }

    [Fact]
    public void What_is_written_reads_back()
    {
        Check.QuickThrowOnFailure(Prop.ForAll<string>(text => RoundTrips(CelValue.Of(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""))))));
        Check.QuickThrowOnFailure(Prop.ForAll<long>(number => RoundTrips(CelValue.Of(number))));
        Check.QuickThrowOnFailure(Prop.ForAll<double>(number => !double.IsFinite(number) || Cel.Json(CelJson.ToText(CelValue.Of(number))).CelEquals(CelValue.Of(number))));
        for (var c = 0; c < 0x3000; c++)
        {
            Assert.True(RoundTrips(CelValue.Of($"a{(char)c}b")), $"U+{c:X4}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(5000)]
    public void Texts_of_every_length_are_written_whole(int length)
    {
        foreach (var c in "aä€")
        {
            Assert.Equal($"\"{new string(c, length)}\"", CelJson.ToText(CelValue.Of(new string(c, length))));
        }
    }

    [Fact]
    public void Values_are_written_as_other_readers_expect()
    {
        var output = new ArrayBufferWriter<byte>();
        CelJson.Write(output, Cel.Run("{'s': 'q\"', 1: [1.5, 2u, null, b'\\x00', timestamp(0), duration('1ms'), true], true: {}}"));

        using var document = JsonDocument.Parse(output.WrittenMemory);
        Assert.Equal("""{"s":"q\"","1":[1.5,2,null,"AA==","1970-01-01T00:00:00Z","0.001s",true],"true":{}}""", JsonSerializer.Serialize(document.RootElement, new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    private static bool RoundTrips(CelValue value) => Cel.Json(CelJson.ToText(value)).Equals(value);
}
