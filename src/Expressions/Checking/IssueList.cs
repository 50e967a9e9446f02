using System.Collections.Immutable;

namespace LoadTesting.Expressions.Checking;

/// <summary>Collects issues and finds their lines; a template's expressions share one with their own offsets into its text.</summary>
internal sealed class IssueList(string text)
{
    private readonly List<CelIssue> _issues = [];

    /// <summary>Where the expression being compiled starts in the text.</summary>
    public int Origin { get; set; }

    public int Count => _issues.Count;

    public void Add(int offset, int length, string message, string? suggestion = null)
    {
        offset += Origin;
        var before = text.AsSpan(0, Math.Min(offset, text.Length));
        _issues.Add(new(offset, length, before.Count('\n') + 1, offset - before.LastIndexOf('\n'), message, suggestion));
    }

    public ImmutableArray<CelIssue> ToImmutable() => [.. _issues.OrderBy(i => i.Offset)];
}
