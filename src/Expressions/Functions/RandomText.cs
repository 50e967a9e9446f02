using System.Collections.Immutable;
using System.Text;
using LoadTesting.Expressions.Evaluation;

namespace LoadTesting.Expressions.Functions;

/// <summary>Texts for bodies: readable ones that compress as prose does, and ones of a chosen entropy.</summary>
internal static class RandomText
{
    // '!' to '~': the printable ASCII characters without the blank.
    private const int Printable = 94;

    private static readonly ImmutableArray<string> Syllables =
        ["ba", "be", "cor", "da", "den", "el", "fa", "fin", "ga", "in", "ka", "la", "len", "lo", "ma", "men", "mi", "na", "no", "or", "pa", "per", "ra", "ren", "ri", "sa", "sol", "ta", "ter", "ti", "tor", "ve"];

    /// <summary>Words of one to four syllables, cut to the length.</summary>
    public static CelValue Words(CelActivation activation, long length)
    {
        if (length < 0)
        {
            return Errors.Invalid("a length is not negative");
        }

        if (!activation.TryAllocate(length) || !activation.TryCharge(length))
        {
            return CelActivation.LimitExceeded();
        }

        var text = new StringBuilder((int)length + 16);
        while (text.Length < length)
        {
            for (var syllables = 1 + Chance.Below(activation.Host, 4); syllables > 0; syllables--)
            {
                text.Append(Syllables[(int)Chance.Below(activation.Host, (ulong)Syllables.Length)]);
            }

            text.Append(' ');
        }

        return CelValue.Of(text.ToString(0, (int)length));
    }

    /// <summary>
    /// Printable characters without blanks, from so many different ones that each carries the given bits: 0 is one letter repeated, 4 looks
    /// like hexadecimal, about 6.5 is all there are.
    /// </summary>
    public static CelValue OfEntropy(CelActivation activation, long length, in CelValue bits)
    {
        if (!bits.TryGetNumber(out var wanted) || wanted is not (>= 0 and <= 6.56))
        {
            return Errors.Invalid("an entropy is 0 to 6.5 bits per character");
        }

        var characters = Math.Clamp((int)Math.Round(Math.Pow(2, wanted)), 1, Printable);
        return RandomFunctions.Characters(activation, length, string.Create(characters, 0, static (span, _) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                // Letters first, so that low entropies read as text and not as punctuation.
                span[i] = (char)('!' + (('a' - '!' + i) % Printable));
            }
        }));
    }
}
