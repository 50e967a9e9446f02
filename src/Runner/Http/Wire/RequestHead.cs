namespace LoadTesting.Runner.Http.Wire;

/// <summary>
/// The head of a request as octets, up to the fields about its length: <c>method SP path SP HTTP/1.1 CRLF *( field CRLF )</c>. Where URL and fields do not change
/// (the same objects come again) it is rendered once and shared by all virtual users.
/// </summary>
internal sealed class RequestHead
{
    private volatile Rendered? _last;

    /// <summary>The octets for a request, if these very objects were rendered before.</summary>
    public Rendered? Find(PreparedRequest request) => _last is { } last && last.IsOf(request) ? last : null;

    /// <summary>Keeps the octets of a request whose parts will come again.</summary>
    public void Keep(PreparedRequest request, ReadOnlySpan<byte> octets, bool expectsContinue) => _last = new Rendered(request, octets.ToArray(), expectsContinue);

    internal sealed class Rendered
    {
        private readonly Uri _url;
        private readonly HttpMethod _method;
        private readonly IReadOnlyList<KeyValuePair<string, string>> _headers;

        public Rendered(PreparedRequest request, byte[] octets, bool expectsContinue)
        {
            (_url, _method, _headers) = (request.Url, request.Method, request.Headers);
            (Octets, ExpectsContinue) = (octets, expectsContinue);
        }

        public byte[] Octets { get; }

        public bool ExpectsContinue { get; }

        public bool IsOf(PreparedRequest request) =>
            ReferenceEquals(_url, request.Url) && ReferenceEquals(_headers, request.Headers) && ReferenceEquals(_method, request.Method);
    }
}
