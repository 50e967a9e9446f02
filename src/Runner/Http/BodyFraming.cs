using System.Net;
using System.Text;
using LoadTesting.Runner.Http.Wire;

namespace LoadTesting.Runner.Http;

/// <summary>
/// How long a response's body is by its header fields (RFC 9112, 6.3). What could be read in two ways is an error: whoever guesses counts a body that the server
/// did not send, or takes the rest of one answer for the next one.
/// </summary>
internal struct BodyFraming()
{
    /// <summary>
    /// A body that ends with the connection is whole only when TLS says that it ends (RFC 9112, 9.8): anybody on the way can end TCP. Go and k6 take it, for servers
    /// that do not say so; curl does not.
    /// </summary>
    public const string NoClosure = "the connection ended without TLS's close_notify, so the body may be cut off";

    private bool _isCoded;

    /// <summary>Content-Length in octets; −1 = none was given.</summary>
    public long Length { get; private set; } = -1;

    /// <summary>Whether the body comes in chunks.</summary>
    public bool IsChunked { get; private set; }

    /// <summary>
    /// Whether there is a Transfer-Encoding and a Content-Length. The coding counts (RFC 9112, 6.3), and nothing that comes behind this response on its
    /// connection is to be trusted.
    /// </summary>
    public readonly bool IsAmbiguous => _isCoded && Length >= 0;

    /// <summary>Whether the body ends with the connection.</summary>
    public readonly bool IsUntilClose => !_isCoded && Length < 0;

    /// <summary>Why a body cannot be read by the Transfer-Encoding; null = it can. Says nothing about a response that has no body.</summary>
    public string? CodingProblem { get; private set; }

    /// <summary>
    /// Takes the value of a Content-Length field. Several fields must be equal; a list is no number, although RFC 9110, 8.6, would let equal ones pass: Go, k6 and
    /// the platform's client do not take it either.
    /// </summary>
    /// <returns>False when it is no number below 10^18, or another one than before.</returns>
    public bool TryAddLength(ReadOnlySpan<byte> value)
    {
        var digits = ResponseHead.Trim(value);
        if (digits.Length is 0 or > 18) return false;
        var length = 0L;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit)) return false;
            length = (10 * length) + digit - '0';
        }

        if (Length >= 0 && length != Length) return false;
        Length = length;
        return true;
    }

    /// <summary>
    /// Takes the value of a Transfer-Encoding field; several are one list. No request asks for a coding (TE), so there is only one that a server may use,
    /// once: chunked. As in Go and k6.
    /// </summary>
    public void AddCoding(ReadOnlySpan<byte> value)
    {
        _isCoded = true;
        foreach (var range in value.Split((byte)','))
        {
            var coding = ResponseHead.Trim(value[range]);
            if (coding.IsEmpty) continue;
            if (!ResponseHead.Is(coding, "chunked"u8)) CodingProblem ??= $"a transfer coding that no request asks for: 'Transfer-Encoding: {Show(value)}'";
            else if (IsChunked) CodingProblem ??= $"chunked more than once: 'Transfer-Encoding: {Show(value)}'";
            else IsChunked = true;
        }
    }

    /// <summary>All fields were taken.</summary>
    /// <param name="minor">Of HTTP/1.x. A coding of HTTP/1.0 makes the framing faulty, whatever else there is (RFC 9112, 6.1).</param>
    public void End(int minor)
    {
        if (!_isCoded) return;
        if (minor == 0) CodingProblem = "Transfer-Encoding in an answer of HTTP/1.0";
        else if (!IsChunked) CodingProblem ??= "Transfer-Encoding without a coding";
    }

    /// <summary>What the platform's client has parsed by rules that are less strict.</summary>
    /// <param name="response">Its head.</param>
    /// <param name="method">Of the request.</param>
    /// <param name="framing">What the head says about the body.</param>
    /// <returns>Null, or why the response cannot be read.</returns>
    public static string? Check(HttpResponseMessage response, HttpMethod method, out BodyFraming framing)
    {
        framing = new BodyFraming();
        if (response.Content.Headers.NonValidated.TryGetValues("Content-Length", out var lengths))
        {
            foreach (var value in lengths)
            {
                if (!framing.TryAddLength(WireText.Encode(value))) return NoLength($"Content-Length: {lengths}");
            }
        }

        if (response.Version.Major >= 2) return null;
        if (response.Headers.NonValidated.TryGetValues("Transfer-Encoding", out var codings))
        {
            foreach (var value in codings) framing.AddCoding(WireText.Encode(value));
        }

        framing.End(response.Version.Minor);
        return HasBody(method == HttpMethod.Head, (int)response.StatusCode) ? framing.CodingProblem : null;
    }

    /// <summary>Whether a response has a body at all, whatever its fields say (RFC 9112, 6.3).</summary>
    public static bool HasBody(bool isHeadRequest, int status) => !isHeadRequest && status is not ((int)HttpStatusCode.SwitchingProtocols or 204 or 304);

    /// <summary>The sentence about a Content-Length that is none.</summary>
    public static string NoLength(string line) => $"no usable content length: '{line}'";

    private static string Show(ReadOnlySpan<byte> value) => Encoding.Latin1.GetString(ResponseHead.Trim(value[..Math.Min(value.Length, 60)]));
}
