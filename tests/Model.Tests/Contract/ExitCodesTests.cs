using System.Text.RegularExpressions;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Judging;
using LoadTesting.TestKit;

namespace LoadTesting.Model.Tests.Contract;

public sealed class ExitCodesTests
{
    [Theory]
    [InlineData(Verdict.Passed, 0)]
    [InlineData(Verdict.Unjudged, 0)]
    [InlineData(Verdict.Failed, 99)]
    [InlineData(Verdict.Aborted, 105)]
    [InlineData(Verdict.Invalid, 111)]
    [InlineData(Verdict.Error, 112)]
    public void Each_verdict_has_its_code(Verdict verdict, int code) => Assert.Equal(code, ExitCodes.Of(verdict));

    [Fact]
    public void Only_a_run_that_did_what_it_was_asked_for_is_zero()
    {
        Assert.Equal([Verdict.Passed, Verdict.Unjudged], Enum.GetValues<Verdict>().Where(v => ExitCodes.Of(v) == 0));
    }

    [Fact]
    public void Only_Passed_opens_a_gate() =>
        Assert.Equal([Verdict.Passed], Enum.GetValues<Verdict>().Where(v => ExitCodes.OfGate(v) == 0));

    [Theory]
    [InlineData("", 0)]
    [InlineData("Passed,Passed", 0)]
    [InlineData("Unjudged", 0)]
    [InlineData("Unjudged,Passed", 0)]
    [InlineData("Unjudged,Failed,Passed", 99)]
    [InlineData("Unjudged,Aborted", 105)]
    [InlineData("Passed,Aborted", 105)]
    [InlineData("Aborted,Invalid,Passed", 111)]
    [InlineData("Invalid,Error", 112)]
    [InlineData("Error,Failed,Invalid", 99)]
    public void Several_runs_end_with_the_weightiest_code(string verdicts, int code) =>
        Assert.Equal(code, ExitCodes.OfAll(verdicts.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(v => (Enum.Parse<Verdict>(v), (string?)null))));

    [Fact]
    public void A_test_that_stops_itself_has_k6_s_code()
    {
        Assert.Equal(108, ExitCodes.Of(Verdict.Aborted, Reasons.AbortedByTest));
        Assert.Equal(105, ExitCodes.Of(Verdict.Aborted, Reasons.AbortedByUser));
        Assert.Equal(108, ExitCodes.OfAll([(Verdict.Passed, null), (Verdict.Aborted, Reasons.AbortedByTest)]));
    }

    [Fact]
    public void The_page_lists_every_code_and_no_other()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "exit-codes.md"));
        var listed = Regex.Matches(page, @"^\| (\d+) \|", RegexOptions.Multiline).Select(m => int.Parse(m.Groups[1].Value));
        var constants = typeof(ExitCodes).GetFields().Where(f => f.IsLiteral).Select(f => (int)f.GetRawConstantValue()!);
        Assert.Equal(constants.Order(), listed);
    }

    [Fact]
    public void The_page_about_the_verdict_lists_every_reason_and_no_other()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "verdict.md"));
        var listed = Regex.Matches(page, @"^\| `([A-Za-z]+)` \|", RegexOptions.Multiline).Select(m => m.Groups[1].Value);
        Assert.Equal(typeof(Reasons).GetFields().Select(f => (string)f.GetValue(null)!).Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_path_name_and_header_of_the_agent_is_different()
    {
        var names = typeof(AgentContract).GetFields().Where(f => f.IsLiteral && f.FieldType == typeof(string)).Select(f => (string)f.GetRawConstantValue()!).ToList();
        Assert.Equal(names.Count, names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(names.Where(n => n.StartsWith('/')), path => Assert.Matches("^/[a-z]+$", path));
        Assert.All(names.Where(n => n.StartsWith("LOADTEST", StringComparison.Ordinal)), name => Assert.Matches("^LOADTEST_[A-Z_]+$", name));
    }
}
