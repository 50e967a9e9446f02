using System.Buffers;
using System.Collections.Immutable;
using LoadTesting.Expressions.Evaluation;
using LoadTesting.Expressions.Json;

namespace LoadTesting.Expressions;

/// <summary>A compiled expression. Immutable and safe to share; each evaluation brings its own <see cref="CelActivation"/>.</summary>
public sealed class CelProgram
{
    private readonly Evaluator _root;
    private readonly int _locals;
    private readonly long _steps;
    private readonly CelTextWriter? _writer;

    internal CelProgram(string source, CelType type, ImmutableArray<string> references, ImmutableArray<CelRead> reads, Evaluator root, int locals, long steps)
        => (Source, ResultType, References, Reads, _root, _locals, _steps, _writer) = (source, type, references, reads, root, locals, steps, (root as FunctionCall)?.Writer);

    /// <summary>The text it was compiled from.</summary>
    public string Source { get; }

    /// <summary>What the checker knows about the result.</summary>
    public CelType ResultType { get; }

    /// <summary>The environment's variables that the expression reads, by name, sorted.</summary>
    public ImmutableArray<string> References { get; }

    /// <summary>Each place where the expression reads one of the environment's variables.</summary>
    public ImmutableArray<CelRead> Reads { get; }

    /// <summary>Whether the value is the same whatever the activation.</summary>
    public bool IsConstant => _root is Constant;

    /// <summary>
    /// The value; an error value when evaluation fails, never an exception. The activation must belong to the environment the
    /// program was compiled in, or to one made from it by adding variables.
    /// </summary>
    public CelValue Evaluate(CelActivation activation)
    {
        activation.Begin(_locals, _steps);
        var value = _root.Evaluate(activation);
        return activation.IsExhausted ? CelActivation.LimitExceeded() : value;
    }

    /// <summary>Evaluates as <see cref="Evaluate"/> does and writes the value as JSON; null when written, else why not.</summary>
    public CelError? WriteJson(CelActivation activation, IBufferWriter<byte> output)
    {
        if (_writer is null)
        {
            var value = Evaluate(activation);
            if (!value.IsError)
            {
                CelJson.Write(output, value);
            }

            return value.IsError ? value.AsError : null;
        }

        activation.Begin(_locals, _steps);
        if (!activation.TryCharge(1))
        {
            return Errors.Limit;
        }

        JsonText.WriteQuoted(output, activation, _writer);
        return null;
    }
}
