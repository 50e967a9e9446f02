using System.Buffers.Binary;
using System.Text;

namespace LoadTesting.TestKit;

/// <summary>Inputs made of other inputs. Pure: the same generator makes the same input.</summary>
public static class FuzzMutations
{
    // Where lengths and counts are compared, signs turn over and types end.
    private static readonly ulong[] Edges =
    [
        0, 1, 2, 7, 8, 63, 64, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff, 0x10000, 1 << 20, 1 << 26, int.MaxValue, 1UL << 31, uint.MaxValue,
        1UL << 32, (1UL << 53) - 1, 1UL << 53, (1UL << 53) + 1, long.MaxValue, 1UL << 63, ulong.MaxValue,
    ];

    private static readonly double[] Doubles =
    [
        double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.MinValue, double.Epsilon, -0.0, -1, 9007199254740993, 1e300,
    ];

    private static readonly string[] Texts =
    [
        "", "\0", "\u001b[2J", "\u202e", "\ud83d\ude00", "NaN", "+Inf", "-Inf", "1e999", "-1", "0x10", "9007199254740993", "99999999999999999999", "1e-999", "\"", "\\", "\n", "\r\n", "{", "}", "[", "]", "(", ")",
    ];

    /// <summary>One of the corpus, changed one to eight times: bits, bytes, numbers in the usual forms, pieces left out, doubled, or of another one of the corpus.</summary>
    public static byte[] Bytes(Random random, IReadOnlyList<byte[]> corpus, int maxLength)
    {
        var bytes = corpus.Count == 0 ? [] : corpus[random.Next(corpus.Count)].ToList();
        for (var changes = random.Next(1, 9); changes > 0; changes--) Change(random, bytes, corpus);
        return [.. bytes.Take(maxLength)];
    }

    /// <summary>One of the corpus, changed one to eight times: characters, words of the grammar, nesting, pieces left out, repeated, or of another one of the corpus.</summary>
    public static string Text(Random random, IReadOnlyList<string> corpus, IReadOnlyList<string> words, int maxLength)
    {
        var text = new StringBuilder(corpus.Count == 0 ? "" : corpus[random.Next(corpus.Count)]);
        for (var changes = random.Next(1, 9); changes > 0; changes--)
        {
            var at = random.Next(text.Length + 1);
            var length = Math.Min(text.Length - at, random.Next(1, 20));
            switch (random.Next(8))
            {
                case 0:
                    text.Insert(at, (char)random.Next(1, 0xd800));
                    break;
                case 1:
                    text.Remove(at, length);
                    break;
                case 2 when words.Count > 0:
                    text.Insert(at, words[random.Next(words.Count)]);
                    break;
                case 3:
                    text.Insert(at, Texts[random.Next(Texts.Length)]);
                    break;
                case 4:
                    var piece = text.ToString(at, length);
                    for (var times = Repeats(random); times > 0 && text.Length < maxLength; times--) text.Insert(at, piece);
                    break;
                case 5 when corpus.Count > 0:
                    var other = corpus[random.Next(corpus.Count)];
                    text.Remove(at, text.Length - at).Append(other.AsSpan(random.Next(other.Length + 1)));
                    break;
                case 6 when words.Count > 0:
                    var word = words[random.Next(words.Count)];
                    text.Insert(at, string.Concat(Enumerable.Repeat(word, Math.Min(Repeats(random), 1 + (maxLength / Math.Max(1, word.Length))))));
                    break;
                default:
                    text.Length = at;
                    break;
            }
        }

        return text.Length > maxLength ? text.ToString(0, maxLength) : text.ToString();
    }

    private static void Change(Random random, List<byte> bytes, IReadOnlyList<byte[]> corpus)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(bytes.Count - at, random.Next(1, 20));
        switch (random.Next(10))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes.InsertRange(at, Some(random));
                break;
            case 3:
                bytes.RemoveRange(at, length);
                break;
            case 4:
                Replace(bytes, at, Varint(Edges[random.Next(Edges.Length)]), random);
                break;
            case 5:
                var fixedWidth = new byte[random.Next(2) == 0 ? 4 : 8];
                var edge = Edges[random.Next(Edges.Length)];
                for (var i = 0; i < fixedWidth.Length; i++) fixedWidth[i] = (byte)(edge >> (8 * (random.Next(8) == 0 ? fixedWidth.Length - 1 - i : i)));
                Replace(bytes, at, fixedWidth, random);
                break;
            case 6:
                var number = new byte[8];
                BinaryPrimitives.WriteDoubleLittleEndian(number, Doubles[random.Next(Doubles.Length)]);
                Replace(bytes, at, number, random);
                break;
            case 7:
                var piece = bytes.GetRange(at, length);
                for (var times = Math.Min(Repeats(random), 4096); times > 0; times--) bytes.InsertRange(at, piece);
                break;
            case 8 when corpus.Count > 0:
                var other = corpus[random.Next(corpus.Count)];
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other.AsSpan(random.Next(other.Length + 1)).ToArray());
                break;
            default:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
        }
    }

    private static void Replace(List<byte> bytes, int at, byte[] by, Random random)
    {
        if (random.Next(2) == 0) bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(2) == 0 ? 1 : by.Length));
        bytes.InsertRange(at, by);
    }

    private static byte[] Some(Random random)
    {
        var some = new byte[random.Next(1, 20)];
        random.NextBytes(some);
        return some;
    }

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>(10);
        for (; value > 127; value >>= 7) bytes.Add((byte)(value | 128));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    private static int Repeats(Random random) => random.Next(20) == 0 ? 4000 : random.Next(1, 8);
}
