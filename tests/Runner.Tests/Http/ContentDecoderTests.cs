using System.IO.Compression;
using System.Text;
using LoadTesting.Runner.Http;
using ZstdSharp;
using ZstdSharp.Unsafe;

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
        ["zstd"] = b => Pack(b, s => new CompressionStream(s, level: 3)),
    };

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("GZip", "gzip")]
    [InlineData("x-gzip", "gzip")]
    [InlineData("deflate", "zlib")]
    [InlineData("deflate", "raw")]
    [InlineData("br", "br")]
    [InlineData("zstd", "zstd")]
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
    [InlineData("ZSTD, gzip", "zstd gzip")]
    [InlineData("br, zstd", "br zstd")]
    [InlineData("zstd, identity, zstd", "zstd zstd")]
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
    [InlineData("zstd", "zstd")]
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

    // RFC 8878, 3.1.2, and RFC 9659: frames follow each other, some of which are to be skipped, and none may ask for more than 8 MiB to look back at.
    [Fact]
    public void Zstd_frames_follow_each_other_and_have_a_window_of_8_MiB_at_most()
    {
        var (one, two) = (Encoders["zstd"](Text[..1000]), Encoders["zstd"](Text[1000..]));
        byte[] skipped = [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3];
        Assert.Equal((null, Text.Length), Decode(["zstd"], [.. one, .. skipped, .. two]));
        Assert.NotNull(Decode(["zstd"], [.. one, .. two[..^1]]).Problem);

        // Of a beginning as much is decoded as there is; a block is whole or nothing.
        Assert.Null(ContentDecoder.Decode(["zstd"], (byte[])[.. one, .. two[..^1]], isWhole: false, 1 << 20, out var decoded, out var truncated));
        Assert.True(truncated && decoded.Length >= 1000 && Text.AsSpan().StartsWith(decoded.Span), $"{decoded.Length} octets");
        Assert.NotNull(Decode(["zstd"], [.. one, .. skipped[..^1]]).Problem);
        Assert.NotNull(Decode(["zstd"], [.. one, .. "garbage"u8]).Problem);
        Assert.Equal((null, Text.Length), Decode(["zstd"], Zstd(windowLog: 23)));
        Assert.Contains("8 MiB", Decode(["zstd"], Zstd(windowLog: 24)).Problem);
    }

    [Fact]
    public void A_damaged_zstd_frame_is_an_error_where_it_has_a_checksum()
    {
        var octets = Zstd(windowLog: 20, ZSTD_cParameter.ZSTD_c_checksumFlag);
        Assert.Equal((null, Text.Length), Decode(["zstd"], octets));
        octets[^1] ^= 1;
        Assert.NotNull(Decode(["zstd"], octets).Problem);
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

        foreach (var field in new[] { "gzip", "deflate", "br", "zstd" }) Assert.NotNull(Decode([field], [.. "{\"plain\":true}"u8]).Problem);
        Assert.NotNull(Decode(["br, gzip"], Encoders["gzip"](Text)).Problem);
    }

    [Fact]
    public void An_empty_body_is_empty_in_every_coding()
    {
        foreach (var field in new[] { "gzip", "deflate", "br", "zstd", "gzip, br", "nothing" }) Assert.Equal((null, 0), Decode([field], []));
        foreach (var (field, name) in new[] { ("gzip", "gzip"), ("deflate", "zlib"), ("br", "br"), ("zstd", "zstd") }) Assert.Equal((null, 0), Decode([field], Encoders[name]([])));
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("deflate", "zlib")]
    [InlineData("br", "br")]
    [InlineData("zstd", "zstd")]
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

    private static byte[] Zstd(int windowLog, params ZSTD_cParameter[] on) => Pack(Text, s =>
    {
        var stream = new CompressionStream(s, level: 1);
        stream.SetParameter(ZSTD_cParameter.ZSTD_c_windowLog, windowLog);
        foreach (var parameter in on) stream.SetParameter(parameter, 1);
        return stream;
    });

    private static byte[] Pack(byte[] octets, Func<Stream, Stream> open)
    {
        var target = new MemoryStream();
        using (var stream = open(target)) stream.Write(octets);
        return target.ToArray();
    }
}
