using System.IO.Compression;
using System.Text;
using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Tests.Http;

/// <summary>Content codings: what is decoded, and what is an error.</summary>
public sealed class ContentDecoderTests
{
    private static readonly byte[] Text = Encoding.UTF8.GetBytes("{\"orders\":[" + string.Join(',', Enumerable.Range(0, 3000).Select(i => $"{{\"id\":{i}}}")) + "]}");

    private static readonly Dictionary<string, Func<byte[], byte[]>> Encoders = new()
    {
        ["gzip"] = b => Pack(b, s => new GZipStream(s, CompressionLevel.Fastest)),
        ["zlib"] = b => Pack(b, s => new ZLibStream(s, CompressionLevel.Fastest)),
        ["raw"] = b => Pack(b, s => new DeflateStream(s, CompressionLevel.Fastest)),
        ["br"] = b => Pack(b, s => new BrotliStream(s, CompressionLevel.Fastest)),
    };

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("GZip", "gzip")]
    [InlineData("x-gzip", "gzip")]
    [InlineData("deflate", "zlib")]
    [InlineData("deflate", "raw")]
    [InlineData("br", "br")]
    [InlineData("gzip, identity", "gzip")]
    [InlineData("identity, gzip", "gzip")]
    [InlineData("identity", "")]
    [InlineData("", "")]
    [InlineData(" , ,", "")]
    [InlineData("utf-8", "")]
    [InlineData("gzip, utf-8", "gzip")]
    [InlineData("gzip, br", "gzip br")]
    [InlineData("br, gzip", "br gzip")]
    [InlineData("br,gzip , deflate", "br gzip zlib")]
    [InlineData("gzip,gzip", "gzip gzip")]
    public void Codings_are_undone_in_reverse_order(string field, string applied)
    {
        var octets = applied.Split(' ', StringSplitOptions.RemoveEmptyEntries).Aggregate(Text, (b, name) => Encoders[name](b));
        Assert.Equal((null, Text.Length), Decode([field], octets));
        if (field.Contains(',', StringComparison.Ordinal)) Assert.Equal((null, Text.Length), Decode(field.Split(','), octets));
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("deflate", "zlib")]
    [InlineData("deflate", "raw")]
    [InlineData("br", "br")]
    public void A_body_that_is_cut_off_anywhere_is_an_error(string field, string name)
    {
        var octets = Encoders[name](Text);
        foreach (var length in Enumerable.Range(1, 30).Concat(Enumerable.Range(octets.Length - 30, 30)).Append(octets.Length / 2))
        {
            var (problem, _) = Decode([field], octets[..length]);
            Assert.True(problem is not null, $"{length} of {octets.Length} octets passed as {field}");
        }

        Assert.Null(Decode([field], octets).Problem);
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("deflate", "zlib")]
    [InlineData("br", "br")]
    public void Of_a_beginning_as_much_is_decoded_as_there_is(string field, string name)
    {
        var octets = Encoders[name](Text);
        Assert.Null(ContentDecoder.Decode([field], octets.AsMemory(0, octets.Length / 2), isWhole: false, 1 << 20, out var decoded, out var truncated));
        Assert.True(truncated);
        Assert.True(decoded.Length > 0 && Text.AsSpan().StartsWith(decoded.Span), $"{decoded.Length} octets");
    }

    [Fact]
    public void Gzip_members_follow_each_other_and_nothing_else_does()
    {
        var (one, two) = (Encoders["gzip"](Text[..1000]), Encoders["gzip"](Text[1000..]));
        Assert.Equal((null, Text.Length), Decode(["gzip"], [.. one, .. two]));
        Assert.NotNull(Decode(["gzip"], [.. one, .. two[..^1]]).Problem);
        Assert.NotNull(Decode(["gzip"], [.. one, 0, 0, 0, 0]).Problem);
        Assert.NotNull(Decode(["gzip"], [.. one, .. "garbage"u8]).Problem);
        Assert.NotNull(Decode(["br"], [.. Encoders["br"](Text), 1]).Problem);
    }

    [Fact]
    public void Damage_is_an_error()
    {
        foreach (var (field, name) in new[] { ("gzip", "gzip"), ("deflate", "zlib") })
        {
            var octets = Encoders[name](Text);
            octets[^(name == "gzip" ? 6 : 2)] ^= 1;
            Assert.NotNull(Decode([field], octets).Problem);
        }

        foreach (var field in new[] { "gzip", "deflate", "br" }) Assert.NotNull(Decode([field], [.. "{\"plain\":true}"u8]).Problem);
        Assert.NotNull(Decode(["br, gzip"], Encoders["gzip"](Text)).Problem);
    }

    [Fact]
    public void An_empty_body_is_empty_in_every_coding()
    {
        foreach (var field in new[] { "gzip", "deflate", "br", "gzip, br", "nothing" }) Assert.Equal((null, 0), Decode([field], []));
        foreach (var (field, name) in new[] { ("gzip", "gzip"), ("deflate", "zlib"), ("br", "br") }) Assert.Equal((null, 0), Decode([field], Encoders[name]([])));
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("deflate", "zlib")]
    [InlineData("br", "br")]
    public void No_more_is_made_than_the_limit(string field, string name)
    {
        var octets = Encoders[name](new byte[1 << 20]);
        foreach (var limit in new[] { 1, 1000, (1 << 20) - 1, 1 << 20, 1 << 21 })
        {
            Assert.Null(ContentDecoder.Decode([field], octets, isWhole: true, limit, out var decoded, out var truncated));
            Assert.Equal((Math.Min(limit, 1 << 20), limit < 1 << 20), (decoded.Length, truncated));
        }
    }

    private static (string? Problem, int Length) Decode(string[] fields, byte[] octets)
    {
        var problem = ContentDecoder.Decode(fields, octets, isWhole: true, 1 << 24, out var decoded, out var truncated);
        Assert.False(truncated);
        if (problem is null && decoded.Length == Text.Length) Assert.True(decoded.Span.SequenceEqual(Text));
        return (problem, decoded.Length);
    }

    private static byte[] Pack(byte[] octets, Func<Stream, Stream> open)
    {
        var target = new MemoryStream();
        using (var stream = open(target)) stream.Write(octets);
        return target.ToArray();
    }
}
