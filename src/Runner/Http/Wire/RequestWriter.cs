using System.Buffers.Text;
using LoadTesting.Runner.Http.Proxies;

namespace LoadTesting.Runner.Http.Wire;

/// <summary>Renders requests into memory of a loop: one buffer is enough, because what the kernel does not take at once is copied out of it.</summary>
internal sealed class RequestWriter
{
    /// <summary>Bodies up to this length are put behind the head, so that one system call and one TLS record send both.</summary>
    public const int LongestJoinedBody = 12 * 1024;

    private const int LargestBufferToHold = 64 * 1024;

    private readonly ProxyRules? _proxies;
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(16 * 1024, pinned: true);
    private int _length;

    /// <summary>A writer.</summary>
    /// <param name="proxies">Which requests name whole URLs; null = none.</param>
    public RequestWriter(ProxyRules? proxies = null)
    {
        _proxies = proxies;
    }

    /// <summary>Whether the request just rendered wants to be asked for its body (Expect: 100-continue).</summary>
    public bool ExpectsContinue { get; private set; }

    /// <summary>Renders head and, if it is short and need not wait, body; valid until the next call.</summary>
    /// <param name="request">What to render.</param>
    /// <param name="keepAlive">Whether the connection is to be kept.</param>
    /// <param name="rest">The body that is not in the result.</param>
    public ReadOnlyMemory<byte> Render(PreparedRequest request, bool keepAlive, out ReadOnlyMemory<byte> rest)
    {
        if (_buffer.Length > LargestBufferToHold) _buffer = GC.AllocateUninitializedArray<byte>(LargestBufferToHold, pinned: true);
        _length = 0;
        if (request.Head?.Find(request) is { } rendered)
        {
            Put(rendered.Octets);
            ExpectsContinue = rendered.ExpectsContinue;
        }
        else
        {
            ExpectsContinue = PutHead(request, keepAlive);
            request.Head?.Keep(request, _buffer.AsSpan(0, _length), ExpectsContinue);
        }

        var body = request.Body;
        if (body is { } content) PutLength(content.Length);
        else if (request.Method.Method is "POST" or "PUT" or "PATCH") PutLength(0);
        Put("\r\n"u8);
        ExpectsContinue &= body is { Length: > 0 };
        rest = body ?? default;
        if (!ExpectsContinue && rest.Length <= LongestJoinedBody)
        {
            Put(rest.Span);
            rest = default;
        }

        return _buffer.AsMemory(0, _length);
    }

    private bool PutHead(PreparedRequest request, bool keepAlive)
    {
        var expects = false;
        Put(request.Method.Method);
        Put(" "u8);
        var proxy = _proxies?.For(request.Url) is { } found && !found.Tunnels(request.Url) ? found : null;
        Put(proxy is null ? RequestUrl.Target(request.Url) : RequestUrl.AbsoluteTarget(request.Url));
        Put(" HTTP/1.1\r\n"u8);
        if (!Has(request.Headers, "Host")) PutField("Host", RequestUrl.Authority(request.Url));
        for (var i = 0; i < request.Headers.Count; i++)
        {
            var (name, value) = request.Headers[i];
            PutField(name, value);
            expects |= name.Equals("Expect", StringComparison.OrdinalIgnoreCase) && value.Equals("100-continue", StringComparison.OrdinalIgnoreCase);
        }

        if (proxy?.Authorization is { } credentials && !Has(request.Headers, "Proxy-Authorization")) PutField("Proxy-Authorization", credentials);
        if (!keepAlive) Put("Connection: close\r\n"u8);
        return expects;
    }

    private static bool Has(IReadOnlyList<KeyValuePair<string, string>> headers, string name)
    {
        for (var i = 0; i < headers.Count; i++)
        {
            if (headers[i].Key.Equals(name, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private void PutField(string name, string value)
    {
        Put(name);
        Put(": "u8);
        Put(value);
        Put("\r\n"u8);
    }

    private void PutLength(int length)
    {
        Put("Content-Length: "u8);
        Reserve(16);
        Utf8Formatter.TryFormat(length, _buffer.AsSpan(_length), out var written);
        _length += written;
        Put("\r\n"u8);
    }

    private void Put(string text)
    {
        Reserve(WireText.MostOctets(text.Length));
        _length += WireText.Encode(text, _buffer.AsSpan(_length));
    }

    private void Put(ReadOnlySpan<byte> octets)
    {
        Reserve(octets.Length);
        octets.CopyTo(_buffer.AsSpan(_length));
        _length += octets.Length;
    }

    private void Reserve(int more)
    {
        if (_length + more <= _buffer.Length) return;
        var bigger = GC.AllocateUninitializedArray<byte>(Math.Max(_length + more, 2 * _buffer.Length), pinned: true);
        _buffer.AsSpan(0, _length).CopyTo(bigger);
        _buffer = bigger;
    }
}
