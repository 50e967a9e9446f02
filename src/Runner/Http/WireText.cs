using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace LoadTesting.Runner.Http;

/// <summary>
/// The one encoding of header text, in both directions: UTF-8, as k6 and Go have it. Octets that are no UTF-8 (a cookie in Latin-1, say) are kept: each is a
/// lone surrogate, U+DC00 + octet, in the text, and is written as that octet again. So what was received and is sent back is the same octets, whatever they
/// are.
/// </summary>
internal static class WireText
{
    private const char FirstEscape = '\uDC80';
    private const char LastEscape = '\uDCFF';
    private const int EscapeBase = 0xDC00;

    /// <summary>The platform's view of it, for clients that ask for an <see cref="System.Text.Encoding"/>.</summary>
    public static Encoding Encoding { get; } = new WireEncoding();

    /// <summary>Octets as text. Never fails and loses nothing.</summary>
    public static string Decode(ReadOnlySpan<byte> octets)
    {
        if (Ascii.IsValid(octets)) return System.Text.Encoding.ASCII.GetString(octets);
        var chars = ArrayPool<char>.Shared.Rent(octets.Length);
        var text = new string(chars, 0, Decode(octets, chars));
        ArrayPool<char>.Shared.Return(chars);
        return text;
    }

    /// <summary>Text as octets.</summary>
    public static byte[] Encode(string text)
    {
        var octets = new byte[MostOctets(text.Length)];
        return octets[..Encode(text, octets)];
    }

    /// <summary>Room that text of a length needs at most.</summary>
    public static int MostOctets(int chars) => 3 * chars;

    /// <summary>How many octets a text is on the wire.</summary>
    public static int Count(ReadOnlySpan<char> text)
    {
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) (count, i) = (count + 4, i + 1);
            else count += c < 0x80 || c is >= FirstEscape and <= LastEscape ? 1 : c < 0x800 ? 2 : 3;
        }

        return count;
    }

    /// <summary>Text as octets into memory with room for <see cref="MostOctets"/>. A surrogate that stands for no octet becomes U+FFFD.</summary>
    /// <returns>How many octets.</returns>
    public static int Encode(ReadOnlySpan<char> text, Span<byte> octets)
    {
        var length = 0;
        while (true)
        {
            var status = Utf8.FromUtf16(text, octets[length..], out var read, out var written, replaceInvalidSequences: false, isFinalBlock: true);
            text = text[read..];
            length += written;
            if (status != OperationStatus.InvalidData) return length;
            if (text[0] is >= FirstEscape and <= LastEscape) octets[length++] = (byte)(text[0] - EscapeBase);
            else length += System.Text.Encoding.UTF8.GetBytes("\uFFFD", octets[length..]);
            text = text[1..];
        }
    }

    /// <summary>Octets as text into memory with room for as many characters.</summary>
    /// <returns>How many characters.</returns>
    public static int Decode(ReadOnlySpan<byte> octets, Span<char> chars)
    {
        var length = 0;
        while (true)
        {
            var status = Utf8.ToUtf16(octets, chars[length..], out var read, out var written, replaceInvalidSequences: false, isFinalBlock: true);
            octets = octets[read..];
            length += written;
            if (status != OperationStatus.InvalidData) return length;
            chars[length++] = (char)(EscapeBase + octets[0]);
            octets = octets[1..];
        }
    }

    private sealed class WireEncoding : Encoding
    {
        public override int GetByteCount(char[] chars, int index, int count) => Count(chars.AsSpan(index, count));

        public override int GetBytes(ReadOnlySpan<char> chars, Span<byte> bytes) => Encode(chars, bytes);

        public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
            Encode(chars.AsSpan(charIndex, charCount), bytes.AsSpan(byteIndex));

        public override int GetCharCount(byte[] bytes, int index, int count) => Decode(bytes.AsSpan(index, count)).Length;

        public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
            Decode(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

        public override int GetMaxByteCount(int charCount) => MostOctets(charCount);

        public override int GetMaxCharCount(int byteCount) => byteCount;

        private static string Decode(ReadOnlySpan<byte> octets) => WireText.Decode(octets);

        private static int Decode(ReadOnlySpan<byte> octets, Span<char> chars) => WireText.Decode(octets, chars);
    }
}
