using System.Buffers.Binary;
using System.Text;

namespace LoadTesting.TestKit;

/// <summary>
/// The server's side of HTTP/2 (RFC 9113) frame by frame over a <see cref="RawConnection"/>, for scripts. Understands what clients send that compress no header fields by Huffman's code or a
/// table of their own, which the platform's does not. Settings and pings are answered while frames are read.
/// </summary>
/// <param name="connection">The connection, after TLS.</param>
public sealed class RawHttp2Peer(RawConnection connection)
{
    private const byte Data = 0, Headers = 1, ResetStream = 3, Settings = 4, Ping = 6, GoAway = 7, WindowUpdate = 8;
    private const byte EndStream = 1, EndHeaders = 4, Padded = 8, WithPriority = 0x20;

    /// <summary>Requests whose heads were read and whose bodies were not read to their ends.</summary>
    private readonly Dictionary<int, int> _open = [];

    /// <summary>Reads the client's preface and sends settings; false when the client has closed instead.</summary>
    public async Task<bool> BeginAsync()
    {
        if (!(await connection.ReadAsync(24)).StartsWith("PRI * HTTP/2.0", StringComparison.Ordinal)) return false;
        await WriteAsync(Settings, 0, 0, []);
        return true;
    }

    /// <summary>Reads frames until a request's head has come; null when the client has closed.</summary>
    public async Task<RawHttp2Request?> ReadHeadAsync()
    {
        while (await ReadFrameAsync() is { } frame)
        {
            if (frame.Type != Headers) continue;
            var block = frame.Payload;
            if ((frame.Flags & Padded) != 0) throw new NotSupportedException("padding");
            if ((frame.Flags & WithPriority) != 0) block = block[5..];
            var fields = Fields(block);
            var isWhole = (frame.Flags & EndStream) != 0;
            if (!isWhole) _open[frame.Stream] = 0;
            return new RawHttp2Request(frame.Stream, fields[":method"], fields[":path"], isWhole);
        }

        return null;
    }

    /// <summary>Reads frames until a request's body is complete, and lets the client send it.</summary>
    /// <returns>Its length; −1 when the client has closed or reset the stream before.</returns>
    public async Task<int> ReadBodyAsync(int stream)
    {
        while (_open.TryGetValue(stream, out var length))
        {
            if (await ReadFrameAsync() is not { } frame) return -1;
            if (frame.Stream != stream) continue;
            if (frame.Type == ResetStream) return -1;
            if (frame.Type != Data) continue;
            _open[stream] = length + frame.Payload.Length;
            if ((frame.Flags & EndStream) != 0 && _open.Remove(stream, out var whole)) return whole;
            await AllowAsync(0, frame.Payload.Length);
            await AllowAsync(stream, frame.Payload.Length);
        }

        return 0;
    }

    /// <summary>Reads and answers settings and pings until the client has closed.</summary>
    public async Task UntilClosedAsync()
    {
        while (await ReadFrameAsync() is not null)
        {
            // What still comes is of no interest.
        }
    }

    /// <summary>Sends a head.</summary>
    public Task WriteHeadAsync(int stream, int status, bool ends, params (string Name, string Value)[] fields)
    {
        var block = new List<byte>();
        Literal(block, ":status", status.ToString());
        foreach (var (name, value) in fields) Literal(block, name, value);
        return WriteAsync(Headers, (byte)(EndHeaders | (ends ? EndStream : 0)), stream, [.. block]);
    }

    /// <summary>Sends a part of a body.</summary>
    public Task WriteBodyAsync(int stream, string octets, bool ends) => WriteAsync(Data, ends ? EndStream : (byte)0, stream, Encoding.Latin1.GetBytes(octets));

    /// <summary>Says that streams above a number were not looked at, and why the connection ends.</summary>
    public Task GoAwayAsync(int last, int code)
    {
        var payload = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(payload, last);
        BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan(4), code);
        return WriteAsync(GoAway, 0, 0, payload);
    }

    /// <summary>Ends a stream by an error.</summary>
    public Task ResetAsync(int stream, int code)
    {
        var payload = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, code);
        return WriteAsync(ResetStream, 0, stream, payload);
    }

    /// <summary>Sends any frame.</summary>
    public Task WriteAsync(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return connection.WriteAsync(frame);
    }

    private Task AllowAsync(int stream, int octets)
    {
        if (octets == 0) return Task.CompletedTask;
        var payload = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, octets);
        return WriteAsync(WindowUpdate, 0, stream, payload);
    }

    private async Task<(byte Type, byte Flags, int Stream, byte[] Payload)?> ReadFrameAsync()
    {
        var head = Encoding.Latin1.GetBytes(await connection.ReadAsync(9));
        if (head.Length < 9) return null;
        var length = BinaryPrimitives.ReadInt32BigEndian(head) >>> 8;
        var payload = Encoding.Latin1.GetBytes(await connection.ReadAsync(length));
        if (payload.Length < length) return null;
        const byte Acknowledged = 1;
        if (head[3] is Settings or Ping && (head[4] & Acknowledged) == 0) await WriteAsync(head[3], Acknowledged, 0, head[3] == Ping ? payload : []);
        return (head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)) & int.MaxValue, payload);
    }

    // RFC 7541, 6.2.2: a literal field that goes into no table.
    private static void Literal(List<byte> block, string name, string value)
    {
        block.Add(0);
        foreach (var text in new[] { name, value })
        {
            if (text.Length > 126) throw new NotSupportedException("a long text");
            block.Add((byte)text.Length);
            block.AddRange(Encoding.Latin1.GetBytes(text));
        }
    }

    private static Dictionary<string, string> Fields(byte[] block)
    {
        var fields = new Dictionary<string, string>();
        for (var at = 0; at < block.Length;)
        {
            var octet = block[at];
            if ((octet & 0xe0) == 0x20)
            {
                Number(block, ref at, 5);
            }
            else if ((octet & 0x80) != 0)
            {
                var (name, value) = Static(Number(block, ref at, 7));
                fields[name] = value;
            }
            else
            {
                var index = Number(block, ref at, (octet & 0x40) != 0 ? 6 : 4);
                var name = index == 0 ? Text(block, ref at) : Static(index).Name;
                fields[name] = Text(block, ref at);
            }
        }

        return fields;
    }

    // The beginning of RFC 7541's table; the names behind it do not matter here.
    private static (string Name, string Value) Static(int index) => index switch
    {
        1 => (":authority", ""),
        2 => (":method", "GET"),
        3 => (":method", "POST"),
        4 => (":path", "/"),
        5 => (":path", "/index.html"),
        6 => (":scheme", "http"),
        7 => (":scheme", "https"),
        _ => ($"field {index}", ""),
    };

    private static int Number(byte[] block, ref int at, int bits)
    {
        var most = (1 << bits) - 1;
        var value = block[at++] & most;
        if (value < most) return value;
        for (var shift = 0; ; shift += 7)
        {
            value += (block[at] & 0x7f) << shift;
            if ((block[at++] & 0x80) == 0) return value;
        }
    }

    private static string Text(byte[] block, ref int at)
    {
        if ((block[at] & 0x80) != 0) throw new NotSupportedException("Huffman's code");
        var length = Number(block, ref at, 7);
        at += length;
        return Encoding.Latin1.GetString(block, at - length, length);
    }
}

/// <summary>A request's head.</summary>
/// <param name="Stream">Number of its stream.</param>
/// <param name="Method">Method.</param>
/// <param name="Path">Path with query.</param>
/// <param name="IsWhole">Whether there is no body.</param>
public sealed record RawHttp2Request(int Stream, string Method, string Path, bool IsWhole);
