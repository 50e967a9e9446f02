using System.Text.RegularExpressions;
using LoadTesting.Expressions.Functions;

namespace LoadTesting.Expressions;

/// <summary>
/// The variables' values for evaluations, by slot, with the host and the work budget. Made once per virtual user and reused for
/// every evaluation, so that evaluating allocates nothing of its own. Not for concurrent use.
/// </summary>
public class CelActivation
{
    private readonly CelEnvironment _environment;
    // As long as the highest slot that ever had a value, roughly: a virtual user that reads no answers has none of their variables, and there may be ten thousand of them.
    private CelValue[] _values = [];
    private bool[] _isSet = [];
    private Dictionary<string, Regex?>? _regexes;
    private WeakReference<Tuple<string, object>>? _document;
    private CelValue[] _locals = [];
    private long _steps;

    /// <summary>An activation without values.</summary>
    public CelActivation(CelEnvironment environment, ICelHost host)
    {
        _environment = environment;
        Host = host;
    }

    /// <summary>Randomness and time.</summary>
    public ICelHost Host { get; }

    /// <summary>Values of comprehension variables, by nesting depth.</summary>
    internal CelValue[] Locals => _locals;

    internal bool IsExhausted => _steps < 0;

    internal long StepsLeft => _steps;

    /// <summary>Gives a variable its value until the next Set or <see cref="Clear"/>.</summary>
    public void Set(int slot, in CelValue value)
    {
        if (slot >= _values.Length)
        {
            Grow(slot);
        }

        _values[slot] = value;
        _isSet[slot] = true;
    }

    /// <summary>Gives a variable its value by name; throws when the environment has no such variable.</summary>
    public void Set(string name, in CelValue value)
    {
        var slot = _environment.SlotOf(name);
        ArgumentOutOfRangeException.ThrowIfNegative(slot, name);
        Set(slot, value);
    }

    /// <summary>Takes a variable's value away: the next read asks <see cref="TryResolve"/> again.</summary>
    public void Clear(int slot)
    {
        if (slot >= _values.Length)
        {
            return;
        }

        _values[slot] = default;
        _isSet[slot] = false;
    }

    /// <summary>
    /// Charges work or allocation to this evaluation's budget; false when it is used up, and the function must then return
    /// <see cref="LimitExceeded"/>.
    /// </summary>
    /// <param name="steps">1 per element, or per 16 characters.</param>
    public bool TryCharge(long steps) => (_steps -= steps) >= 0;

    /// <summary>
    /// Asks for a string of so many characters, or as many octets, before it is made; false when it is too large or the budget is
    /// used up.
    /// </summary>
    public bool TryAllocate(long size)
    {
        if (size > _environment.Limits.Size)
        {
            _steps = long.MinValue / 2;
        }

        return TryCharge(1 + (size / 16));
    }

    /// <summary>Asks for a list or map of so many elements and, with everything inside, of such a weight.</summary>
    public bool TryBuild(long count, long weight)
    {
        if (weight > _environment.Limits.Size)
        {
            _steps = long.MinValue / 2;
        }

        return TryCharge(count);
    }

    /// <summary>The error of an evaluation that did too much.</summary>
    public static CelValue LimitExceeded() => CelValue.Of(Evaluation.Errors.Limit);

    /// <summary>
    /// The value of a variable that has not been set, kept until <see cref="Clear"/>: the place to parse a body only when an
    /// expression reads it. Must not evaluate with this activation. The default knows none.
    /// </summary>
    protected virtual bool TryResolve(int slot, out CelValue value)
    {
        value = default;
        return false;
    }

    internal CelValue Read(int slot)
    {
        if (slot < _isSet.Length && _isSet[slot])
        {
            return _values[slot];
        }

        if (TryResolve(slot, out var value))
        {
            Set(slot, value);
            return value;
        }

        return CelValue.Error(CelErrorCode.UnknownVariable, $"'{_environment.Variables[slot].Name}' has no value here");
    }

    /// <summary>A pattern that is not a constant, compiled and kept; few at a time, since they may be made from data.</summary>
    internal Regex? FindRegex(string pattern)
    {
        const int MostKept = 32;
        _regexes ??= new Dictionary<string, Regex?>(StringComparer.Ordinal);
        if (_regexes.TryGetValue(pattern, out var known))
        {
            return known;
        }

        if (_regexes.Count >= MostKept)
        {
            _regexes.Clear();
        }

        return _regexes[pattern] = RegularExpressions.Compile(pattern);
    }

    /// <summary>The document that was last parsed from the text, if it is still there: several expressions read one page.</summary>
    internal T? Document<T>(string text)
        where T : class => _document is not null && _document.TryGetTarget(out var kept) && (ReferenceEquals(kept.Item1, text) || kept.Item1 == text) ? kept.Item2 as T : null;

    /// <summary>Keeps a parsed document as long as memory allows: it is many times as large as its text, and there are as many as virtual users.</summary>
    internal void KeepDocument(string text, object document) => _document = new WeakReference<Tuple<string, object>>(Tuple.Create(text, document));

    internal void Begin(int locals, long steps)
    {
        _steps = steps;
        if (_locals.Length < locals)
        {
            _locals = new CelValue[locals];
        }
    }

    private void Grow(int slot)
    {
        const int Step = 8;
        var length = Math.Min(_environment.Variables.Length, (slot / Step * Step) + Step);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, length);
        Array.Resize(ref _values, length);
        Array.Resize(ref _isSet, length);
    }
}
