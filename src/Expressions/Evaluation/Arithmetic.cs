namespace LoadTesting.Expressions.Evaluation;

/// <summary>
/// <c>+ - * / %</c>. An int beside a double counts as a double: the checker refuses that where both types are known, as CEL does, but a
/// number in a JSON body is an int or a double by the accident of its fraction.
/// </summary>
internal sealed class Arithmetic(char operation, Evaluator left, Evaluator right) : Evaluator
{
    public override CelValue Evaluate(CelActivation activation)
    {
        var a = left.Evaluate(activation);
        var b = right.Evaluate(activation);
        return (a.Kind, b.Kind) switch
        {
            (CelKind.Int, CelKind.Int) => OfInts(a.Bits, b.Bits),
            (CelKind.Double, CelKind.Double) => OfDoubles(a, b, a.AsDouble, b.AsDouble),
            (CelKind.Int, CelKind.Double) => OfDoubles(a, b, a.Bits, b.AsDouble),
            (CelKind.Double, CelKind.Int) => OfDoubles(a, b, a.AsDouble, b.Bits),
            (CelKind.UInt, CelKind.UInt) => OfUInts((ulong)a.Bits, (ulong)b.Bits),
            (CelKind.Error, _) => a,
            (_, CelKind.Error) => b,
            (CelKind.String, CelKind.String) when operation == '+' => Concatenation.Of(activation, a.Text, b.Text),
            (CelKind.Bytes, CelKind.Bytes) when operation == '+' => Concatenation.Of(activation, a.AsBytes.Span, b.AsBytes.Span),
            (CelKind.List, CelKind.List) when operation == '+' => Concatenation.Of(activation, a.AsList, b.AsList),
            _ => TimeArithmetic.Of(operation, a, b),
        };
    }

    private CelValue OfInts(long a, long b)
    {
        switch (operation)
        {
            case '+':
                var sum = unchecked(a + b);
                return ((a ^ sum) & (b ^ sum)) < 0 ? Errors.Overflow : CelValue.Of(sum);
            case '-':
                var difference = unchecked(a - b);
                return ((a ^ b) & (a ^ difference)) < 0 ? Errors.Overflow : CelValue.Of(difference);
            case '*':
                var high = Math.BigMul(a, b, out long low);
                return high == low >> 63 ? CelValue.Of(low) : Errors.Overflow;
            default:
                if (b == 0)
                {
                    return Errors.DivisionByZero;
                }

                if (b == -1)
                {
                    // The only division that overflows, and a processor trap even for the modulus.
                    return operation == '%' ? CelValue.Of(0L) : a == long.MinValue ? Errors.Overflow : CelValue.Of(-a);
                }

                return CelValue.Of(operation == '/' ? a / b : a % b);
        }
    }

    private CelValue OfUInts(ulong a, ulong b) => operation switch
    {
        '+' => a + b < a ? Errors.Overflow : CelValue.Of(a + b),
        '-' => a < b ? Errors.Overflow : CelValue.Of(a - b),
        '*' => Math.BigMul(a, b, out ulong low) == 0 ? CelValue.Of(low) : Errors.Overflow,
        _ when b == 0 => Errors.DivisionByZero,
        '/' => CelValue.Of(a / b),
        _ => CelValue.Of(a % b),
    };

    private CelValue OfDoubles(in CelValue left, in CelValue right, double a, double b) => operation switch
    {
        '+' => CelValue.Of(a + b),
        '-' => CelValue.Of(a - b),
        '*' => CelValue.Of(a * b),
        '/' => CelValue.Of(a / b),
        _ => Errors.NoOverload("%", left, right),
    };
}
