using System.Globalization;

namespace LoadTesting.Expressions.Syntax;

/// <summary>Cuts source text into tokens.</summary>
internal ref struct Lexer(string source)
{
    private static readonly string[] Symbols = ["==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", ",", ".", "(", ")", "[", "]", "{", "}"];

    private int _position;

    /// <summary>All tokens, the last an <see cref="TokenKind.End"/>.</summary>
    public static List<Token> Tokenize(string source)
    {
        var lexer = new Lexer(source);
        var tokens = new List<Token>();
        do
        {
            tokens.Add(lexer.Next());
        }
        while (tokens[^1].Kind != TokenKind.End);
        return tokens;
    }

    private readonly char At(int ahead) => _position + ahead < source.Length ? source[_position + ahead] : '\0';

    private Token Next()
    {
        SkipBlanks();
        if (_position >= source.Length)
        {
            return new(TokenKind.End, source.Length, 0, "");
        }

        var c = source[_position];
        if (StringLiteral.PrefixLength(source, _position) is >= 0 and var prefix)
        {
            var (value, end) = StringLiteral.Read(source, _position, prefix);
            return Take(TokenKind.Literal, end - _position, value);
        }

        if (IsNameStart(c))
        {
            var length = 1;
            while (IsNameStart(At(length)) || char.IsAsciiDigit(At(length)))
            {
                length++;
            }

            return Take(TokenKind.Name, length);
        }

        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(At(1))))
        {
            return Number();
        }

        return c == '`' ? QuotedName() : Symbol();
    }

    private void SkipBlanks()
    {
        while (_position < source.Length)
        {
            if (source[_position] is ' ' or '\t' or '\n' or '\r' or '\f')
            {
                _position++;
            }
            else if (source[_position] == '/' && At(1) == '/')
            {
                var end = source.IndexOf('\n', _position);
                _position = end < 0 ? source.Length : end;
            }
            else
            {
                return;
            }
        }
    }

    private Token Take(TokenKind kind, int length, CelValue value = default)
    {
        var token = new Token(kind, _position, length, source.Substring(_position, length), value);
        _position += length;
        return token;
    }

    private Token Symbol()
    {
        foreach (var symbol in Symbols)
        {
            if (string.CompareOrdinal(source, _position, symbol, 0, symbol.Length) == 0)
            {
                return Take(TokenKind.Symbol, symbol.Length);
            }
        }

        throw source[_position] switch
        {
            '=' => new SyntaxFailure(_position, 1, "'=' is not an operator; equality is '=='"),
            '&' => new SyntaxFailure(_position, 1, "'&' is not an operator; and is '&&'"),
            '|' => new SyntaxFailure(_position, 1, "'|' is not an operator; or is '||'"),
            var c => new SyntaxFailure(_position, 1, $"the character {(char.IsControl(c) || char.IsSurrogate(c) ? $"U+{(int)c:X4}" : $"'{c}'")} has no meaning here"),
        };
    }

    private Token QuotedName()
    {
        var length = 1;
        while (IsNameStart(At(length)) || char.IsAsciiDigit(At(length)) || At(length) is '.' or '-' or '/' or ' ')
        {
            length++;
        }

        if (At(length) != '`' || length == 1)
        {
            throw new SyntaxFailure(_position, length, "a field name in backticks has letters, digits, '_', '.', '-', '/' and blanks, and ends with a backtick");
        }

        var token = new Token(TokenKind.QuotedName, _position, length + 1, source.Substring(_position + 1, length - 1));
        _position += length + 1;
        return token;
    }

    private Token Number()
    {
        if (source[_position] == '0' && At(1) is 'x' or 'X')
        {
            return Integer(HexLength(2), 2, NumberStyles.AllowHexSpecifier);
        }

        var length = Digits(0);
        var isDouble = false;
        if (At(length) == '.' && char.IsAsciiDigit(At(length + 1)))
        {
            isDouble = true;
            length = Digits(length + 1);
        }

        if (At(length) is 'e' or 'E')
        {
            var digits = At(length + 1) is '+' or '-' ? length + 2 : length + 1;
            if (char.IsAsciiDigit(At(digits)))
            {
                isDouble = true;
                length = Digits(digits);
            }
        }

        if (!isDouble)
        {
            return Integer(length, 0, NumberStyles.None);
        }

        var value = double.Parse(source.AsSpan(_position, length), NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(value) ? Finish(length, CelValue.Of(value)) : throw new SyntaxFailure(_position, length, "the number is too large for a double");
    }

    private Token Integer(int length, int prefix, NumberStyles style)
    {
        var digits = source.AsSpan(_position + prefix, length - prefix);
        var isUnsigned = At(length) is 'u' or 'U';
        if (!ulong.TryParse(digits, style, CultureInfo.InvariantCulture, out var magnitude))
        {
            throw new SyntaxFailure(_position, length, digits.IsEmpty ? "'0x' needs hexadecimal digits" : "the number does not fit 64 bits");
        }

        // One more than the largest int is allowed here only because a minus may stand before it; the parser knows.
        var fits = isUnsigned || magnitude <= (ulong)long.MaxValue + 1;
        var value = isUnsigned ? CelValue.Of(magnitude) : CelValue.Of(unchecked((long)magnitude));
        return fits ? Finish(isUnsigned ? length + 1 : length, value) : throw new SyntaxFailure(_position, length, "the number does not fit a signed 64-bit int");
    }

    private Token Finish(int length, CelValue value)
    {
        if (IsNameStart(At(length)))
        {
            throw new SyntaxFailure(_position, length + 1, $"'{At(length)}' cannot follow a number");
        }

        return Take(TokenKind.Literal, length, value);
    }

    private readonly int Digits(int from)
    {
        while (char.IsAsciiDigit(At(from)))
        {
            from++;
        }

        return from;
    }

    private readonly int HexLength(int from)
    {
        while (char.IsAsciiHexDigit(At(from)))
        {
            from++;
        }

        return from;
    }

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_';
}
