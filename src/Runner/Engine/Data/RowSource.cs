using LoadTesting.Expressions;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;

namespace LoadTesting.Runner.Engine.Data;

/// <summary>
/// One feeder as one scenario sees it: which row belongs to which iteration. Depends on numbers only that are the same for any number of runners; immutable and shared.
/// </summary>
internal sealed class RowSource
{
    private static readonly CelValue Nothing = CelValue.Error(CelErrorCode.InvalidArgument, "the feeder has no rows");

    private readonly FeederSpec _spec;
    private readonly IReadOnlyList<CelValue> _rows;
    private readonly FeederShare? _share;
    private readonly ulong _salt;
    private readonly CelValue _exhausted;
    private readonly CelValue _unplanned;

    /// <param name="spec">The feeder.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="scenario">The scenario's name.</param>
    /// <param name="share">The scenario's part of unique rows; null when the plan knows of none.</param>
    public RowSource(FeederSpec spec, IReadOnlyList<CelValue> rows, string scenario, FeederShare? share)
    {
        (_spec, _rows) = (spec, rows);
        // A VU keeps its row when it goes from one scenario to the next.
        _salt = Hash(spec.Per == DataScope.Vu ? spec.Name : $"{spec.Name}/{scenario}");
        _share = spec.Pick == DataPick.Unique && spec.Per == DataScope.Iteration ? share : FeederShare.All;
        _exhausted = CelValue.Error(CelErrorCode.InvalidArgument, $"the unique rows of feeder '{spec.Name}' have run out");
        _unplanned = CelValue.Error(CelErrorCode.InvalidArgument, $"feeder '{spec.Name}' has unique rows, which are shared out by the plan: read it by its name, as data.{spec.Name}");
        IsBounded = spec.Pick == DataPick.Unique && spec.OnExhausted != ExhaustionPolicy.Wrap && _share is not null && rows.Count > 0;
    }

    public string Name => _spec.Name;

    /// <summary>Whether rows can run out.</summary>
    public bool IsBounded { get; }

    /// <summary>Whether there is a row.</summary>
    /// <param name="number">0-based number of the iteration within the scenario over all runners.</param>
    /// <param name="vu">0-based number of the virtual user over all runners.</param>
    public bool Covers(long number, long vu) => !IsBounded || _share!.Value.Row(Key(number, vu)) < _rows.Count;

    /// <summary>The row; an error value when there is none.</summary>
    public CelValue Row(long number, long vu)
    {
        if (_rows.Count == 0) return Nothing;
        if (_share is not { } share) return _unplanned;
        var row = share.Row(Key(number, vu));
        if (_spec.Pick == DataPick.Random) return _rows[(int)Math.BigMul(Mix(unchecked((ulong)row + _salt)), (ulong)_rows.Count, out _)];
        if (row >= _rows.Count && IsBounded) return _exhausted;
        return _rows[(int)(row % _rows.Count)];
    }

    private long Key(long number, long vu) => _spec.Per == DataScope.Vu ? vu : number;

    // FNV-1a, 64 bits: the same in every process, which string.GetHashCode is not.
    private static ulong Hash(string text) => text.Aggregate(14695981039346656037UL, (hash, c) => unchecked((hash ^ c) * 1099511628211UL));

    // The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
