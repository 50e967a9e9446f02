using System.Text.RegularExpressions;

namespace LoadTesting.Architecture.Tests;

/// <summary>Text from outside reaches people through few doors, and each has its filter (docs/security.md): code that opens another one is found here.</summary>
public sealed class TextSinkTests
{
    /// <summary>What leads out, and the files that may use it because the filter stands in them.</summary>
    public static TheoryData<string, string, string[]> Sinks => new()
    {
        { "src", @"\bConsole\.(Out|Error|Write|WriteLine|OpenStandardOutput|OpenStandardError)\b", ["src/Runner/Cli/OutputWriter.cs", "src/Runner/Cli/Files/OutputFile.cs"] },
        { "src", @"\b(AddSimpleConsole|AddSystemdConsole|AddDebug|AddEventSourceLogger)\b", [] },
        { "src/Operator", @"\b(UpdateStatusAsync|PatchStatusAsync|ApplyStatusAsync)\(", ["src/Operator/Reconciling/RunReconciler.cs", "src/Operator/Reconciling/TestReconciler.cs"] },
        { "src/Operator", @"\bnew EventRecorder\(", ["src/Operator/Hosting/OperatorHost.cs"] },
        { "src/Operator", @"\bnew (Event|EventNote)\b[ ({]", [] },
        { "src/Runner", @"\bAnsiConsole\.", ["src/Runner/Cli/Views/TerminalOutput.cs"] },
    };

    [Theory]
    [MemberData(nameof(Sinks))]
    public void Nothing_but_the_known_doors_leads_out(string folder, string sink, string[] doors)
    {
        var found = SourceTree.Files(folder)
            .Where(f => !doors.Contains(SourceTree.Relative(f)))
            .SelectMany(f => SourceTree.CodeLines(f).Where(l => Regex.IsMatch(l.Line, sink)).Select(l => $"{SourceTree.Relative(f)}:{l.Number}: {l.Line.Trim()}"));
        Assert.Empty(found);
    }

    [Theory]
    [InlineData("src/Operator/Reconciling/RunReconciler.cs", "PrintableStatus.Of(", 2)]
    [InlineData("src/Operator/Reconciling/TestReconciler.cs", "PrintableStatus.Of(", 1)]
    [InlineData("src/Operator/Hosting/OperatorHost.cs", "PrintableText.OneLine", 1)]
    [InlineData("src/Operator/Telemetry/LineFormatter.cs", "PrintableText.Bounded(", 2)]
    [InlineData("src/Operator/Admission/AdmissionAnswer.cs", "PrintableText.Bounded(", 3)]
    [InlineData("src/Runner/Cli/OutputWriter.cs", "PrintableText.Lines(", 1)]
    [InlineData("src/Runner/Cli/LineLogger.cs", "PrintableText.OneLine(", 1)]
    public void Every_door_has_its_filter(string file, string filter, int atLeast)
    {
        var count = SourceTree.CodeLines(Path.Combine(LoadTesting.TestKit.RepositoryPaths.Root, file)).Count(l => l.Line.Contains(filter, StringComparison.Ordinal));
        Assert.True(count >= atLeast, $"{file} calls {filter} {count} times, expected {atLeast}");
    }
}
