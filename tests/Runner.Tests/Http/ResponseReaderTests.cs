using System.Text;
using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Runner.Http;
using LoadTesting.Runner.Http.Wire;

namespace LoadTesting.Runner.Tests.Http;

/// <summary>The reader of answers alone: what it makes of octets depends on nothing but the octets.</summary>
public sealed class ResponseReaderTests
{
    private static readonly string[] Pieces =
    [
        "HTTP/1.1 200 OK\r\n", "HTTP/1.0 404 Not Found\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 204 No Content\r\n", "Content-Length: 5\r\n", "Content-Length: 0\r\n",
        "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip, chunked\r\n", "Connection: close\r\n", "X-Other: value\r\n", " folded\r\n", "\r\n", "\n", "hello", "5\r\nhello\r\n", "0\r\n\r\n", "0\r\nTrailer: x\r\n\r\n", "A\r\n0123456789\r\n",
        "zz", ":", "\r", "HTTP/1.1 20", "Content-Length: 5, 5\r\n", "Content-Length: 5, 6\r\n", "Content-Length: -1\r\n", "Set-Cookie: a=b\r\n",
    ];

    [Fact]
    public void However_an_answer_is_cut_the_result_is_the_same()
    {
        var answers = Gen.ListOf(Gen.Elements(Pieces), 12).Select(p => string.Concat(p));
        var cuts = Gen.ListOf(Gen.Choose(1, 9), 40).Select(c => c.ToArray());
        Prop.ForAll(answers.ToArbitrary(), cuts.ToArbitrary(), (answer, cut) =>
        {
            var whole = Read(answer, [int.MaxValue]);
            Assert.Equal(whole, Read(answer, [1]));
            Assert.Equal(whole, Read(answer, cut));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Remembered_heads_change_nothing()
    {
        var answers = Gen.ListOf(Gen.ListOf(Gen.Elements(Pieces), 8).Select(p => "HTTP/1.1 200 OK\r\n" + string.Concat(p)), 12).Select(a => a.ToArray());
        Prop.ForAll(answers.ToArbitrary(), all =>
        {
            var known = new KnownHeads();

            // Twice: more than are remembered, and each of them again.
            foreach (var answer in all.Concat(all).Concat(all.Take(3)).Concat(all.Take(3))) Assert.Equal(Read(answer, [int.MaxValue]), Read(answer, [int.MaxValue], known));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void A_head_is_found_again_only_whole_and_the_same()
    {
        var known = new KnownHeads();
        var head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"u8.ToArray();
        Assert.False(known.TryFind(head, out _, out _));
        Assert.Equal("hello", Read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", [int.MaxValue], known).Body);
        Assert.True(known.TryFind([.. head, .. "world"u8], out var found, out var length));
        Assert.Equal((200, 5, head.Length), (found.Status, found.ContentLength, length));
        Assert.False(known.TryFind(head.AsSpan(0, head.Length - 1), out _, out _));
        Assert.False(known.TryFind("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n"u8, out _, out _));
        known.Keep([.. head.AsSpan(0, head.Length - 2), .. Encoding.ASCII.GetBytes($"X: {new string('x', KnownHeads.Longest)}\r\n\r\n")], found);
        Assert.True(known.TryFind(head, out _, out _));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999999\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\n")]
    [InlineData("HTTP/2 200\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]
    public void What_could_be_read_in_two_ways_is_not_read_at_all(string answer) => Assert.Equal(ReaderState.Malformed, Read(answer, [int.MaxValue]).State);

    [Fact]
    public void A_coding_overrides_a_length_and_the_connection_is_not_used_again()
    {
        var result = Read("HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", [int.MaxValue]);
        Assert.Equal((ReaderState.Complete, "ok", true), (result.State, result.Body, result.Closes));
    }

    private static (ReaderState State, int Status, string Body, bool Closes, int Used, string Fields) Read(string answer, int[] pieces, KnownHeads? known = null)
    {
        var sink = new BodySink();
        sink.Begin(1 << 20);
        var reader = new ResponseReader(sink, known);
        reader.Begin(isHeadRequest: false, keepHead: true);
        var octets = Encoding.Latin1.GetBytes(answer);
        var used = 0;
        for (var i = 0; used < octets.Length && reader.State is not (ReaderState.Complete or ReaderState.Malformed); i++)
        {
            used += reader.Feed(octets.AsSpan(used, Math.Min(pieces[i % pieces.Length], octets.Length - used)));
        }

        reader.End();
        var headers = new WireHeaders();
        if (reader.State == ReaderState.Complete) headers.Use(reader.HeadOctets);

        // Where something is malformed is found at the end of a line: how many octets were looked at until then is nobody's business.
        var isMalformed = reader.State == ReaderState.Malformed;
        var result = (reader.State, reader.Head.Status, Encoding.Latin1.GetString(sink.Kept.Span), reader.Head.Closes, isMalformed ? 0 : used, string.Join(';', headers.Fields));
        reader.Release();
        sink.Release();
        return result;
    }
}
