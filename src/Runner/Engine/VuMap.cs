using LoadTesting.Expressions;

namespace LoadTesting.Runner.Engine;

/// <summary>The value of <c>vu</c>, one object for all iterations of a virtual user: its content changes, so a value that outlives an evaluation must be detached.</summary>
/// <param name="id">1-based number in the whole test; 0 for parts that run once.</param>
internal sealed class VuMap(long id) : CelMap
{
    private static readonly CelValue[] Names = [CelValue.Of("id"), CelValue.Of("iteration")];

    public long Id => id;

    /// <summary>0-based number in the scenario of the user's iteration.</summary>
    public long Iteration { get; set; }

    public override int Count => Names.Length;

    public override long Weight => 1 + (2 * Names.Length);

    public override IEnumerable<CelValue> Keys => Names;

    public override bool TryGet(in CelValue key, out CelValue value)
    {
        value = default;
        return key.Kind == CelKind.String && TryGet(key.AsString, out value);
    }

    public override bool TryGet(string key, out CelValue value)
    {
        value = key == "id" ? CelValue.Of(id) : key == "iteration" ? CelValue.Of(Iteration) : default;
        return value.Kind == CelKind.Int;
    }
}
