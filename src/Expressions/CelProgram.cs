using System.Collections.Immutable;
using LoadTesting.Expressions.Evaluation;

namespace LoadTesting.Expressions;

/// <summary>A compiled expression. Immutable and safe to share; each evaluation brings its own <see cref="CelActivation"/>.</summary>
public sealed class CelProgram
{
    private readonly Evaluator _root;
    private readonly int _locals;
    private readonly long _steps;

    internal CelProgram(string source, CelType type, ImmutableArray<string> references, ImmutableArray<CelRead> reads, Evaluator root, int locals, long steps)
        => (Source, ResultType, References, Reads, _root, _locals, _steps) = (source, type, references, reads, root, locals, steps);

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
}
