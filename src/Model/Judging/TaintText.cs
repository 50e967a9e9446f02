using LoadTesting.Model.Reporting;

namespace LoadTesting.Model.Judging;

/// <summary>Words for spoiled seconds: what happened, and what to do about it.</summary>
internal static class TaintText
{
    /// <summary>E.g. <c>runner 2, seconds 3 to 14: CPU at 97% of what it may use</c>.</summary>
    public static string Describe(TaintedSpan span)
    {
        var when = span switch
        {
            { From: null } => $"{span.Seconds} more seconds",
            { Seconds: 1, From: { } from } => $"second {from}",
            { From: { } from } => $"seconds {from} to {from + span.Seconds - 1}",
        };
        return $"runner {span.Runner}, {when}: {What(span)}";
    }

    private static string What(TaintedSpan span)
    {
        string Worst(string text, string unit) => span.Worst is { } worst ? $"{text} (up to {(unit == "%" ? HumanFormat.Percent(worst) : HumanFormat.Time(worst))})" : text;
        return span.Cause switch
        {
            TaintCauses.Cpu => Worst("nearly all of its CPU used", "%"),
            TaintCauses.Throttling => Worst("throttled by its CPU limit", "%"),
            TaintCauses.SendLag => Worst("iterations began late", "ms"),
            TaintCauses.Stall => Worst("it stood still", "ms"),
            TaintCauses.Gc => Worst("held by garbage collection", "ms"),
            TaintCauses.Ports => "out of local ports",
            TaintCauses.Files => "out of file descriptors",
            _ => "spoiled",
        };
    }

    /// <summary>What a person does about the commonest cause.</summary>
    public static string Advice(RunEvidence evidence)
    {
        var more = evidence.Runners + Math.Max(1, (evidence.Runners + 1) / 2);
        var cause = evidence.Tainted.GroupBy(s => s.Cause, StringComparer.Ordinal).OrderByDescending(g => g.Sum(s => s.Seconds)).ThenBy(g => g.Key, StringComparer.Ordinal).First().Key;
        return cause switch
        {
            TaintCauses.Ports => $"let connections live (http.keepAlive), or use {more} runners",
            TaintCauses.Files => $"raise the runners' limit of open files, or use {more} runners",
            TaintCauses.Gc => $"give the runners more memory, or use {more} of them",
            TaintCauses.Throttling => $"raise the runners' CPU limit, or use {more} of them",
            _ => $"give the runners more CPU of their own, use {more} of them, or plan less load",
        };
    }
}
