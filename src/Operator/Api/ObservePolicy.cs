using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Operator.Api;

/// <summary>Whose Pods tests may see (<c>spec.observe.pods</c>). Names and restarts of Pods are shown to whoever may read a run, so the operator's owner decides.</summary>
public sealed class ObservePolicy
{
    /// <summary>Nobody's. The default.</summary>
    public static readonly ObservePolicy Nothing = new([]);

    /// <summary>Everybody's.</summary>
    public static readonly ObservePolicy Everything = new(["*"]);

    private readonly IReadOnlyList<string> _allowed;

    private ObservePolicy(IReadOnlyList<string> allowed) => _allowed = allowed;

    /// <summary>Reads the option: empty for nobody's, <c>own</c> for those of a test's own namespace, names of further namespaces, <c>*</c> for all; separated by commas.</summary>
    public static ObservePolicy Parse(string? text) => new((text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    /// <summary>What is wrong with a test's wish; null when nothing is.</summary>
    /// <param name="spec">The test.</param>
    /// <param name="space">Its namespace.</param>
    public Problem? Check(LoadTestSpec spec, string? space)
    {
        if (spec.Observe?.Pods is not { } pods || _allowed.Contains("*"))
        {
            return null;
        }

        if (_allowed.Count == 0)
        {
            return new Problem("spec.observe.pods", "observe", "this operator was not told that tests may observe Pods: start it with --observe-pods (docs/install.md)");
        }

        var wanted = pods.Namespace ?? space;
        return (wanted == space && _allowed.Contains("own")) || _allowed.Contains(wanted ?? "")
            ? null
            : new Problem("spec.observe.pods.namespace", "observe", $"tests may not observe Pods of this namespace; the operator's --observe-pods allows {string.Join(", ", _allowed)}") { Value = wanted };
    }
}
