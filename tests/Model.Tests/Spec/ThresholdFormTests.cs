using System.Text;
using System.Text.Json;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Spec.Parsing;
using LoadTesting.Model.Validation;
using LoadTesting.TestKit;

namespace LoadTesting.Model.Tests.Spec;

/// <summary>The two notations of a threshold: a string, or k6's object.</summary>
public sealed class ThresholdFormTests
{
    [SkippableFact]
    public void Every_form_that_k6_reads_is_read_alike_and_written_back()
    {
        var cases = Conformance.Cases("threshold-eval.json").Where(c => c.GetProperty("kind").GetString() == "json-form").ToList();
        Assert.Equal(10, cases.Count);
        foreach (var form in cases)
        {
            var json = form.GetProperty("json").GetString()!;
            var problems = new List<Problem>();
            var read = Read(json, problems);
            Assert.True(form.GetProperty("error").GetBoolean() == problems.Count > 0, $"{json}: {string.Join("; ", problems)}");
            if (problems.Count > 0)
            {
                continue;
            }

            Assert.Equal(form.GetProperty("sources").EnumerateArray().Select(s => s.GetString()), read.Select(t => t.Expression));
            Assert.Equal(form.GetProperty("abortOnFail").GetBoolean(), read.Any(t => t.AbortOnFail));
            var delay = form.GetProperty("delayAbortEval_ns");
            Assert.Equal(delay.ValueKind == JsonValueKind.Null ? null : new Duration(delay.GetInt64()), read.Select(t => t.DelayAbortEval).FirstOrDefault(d => d is not null));
            Assert.Equal(read, Read(Written(read), []));
        }
    }

    [Theory]
    [InlineData("\"count>5\"", "count>5", false, null)]
    [InlineData("[\"count>5\"]", "count>5", false, null)]
    [InlineData("[{\"threshold\": \"count>5\"}]", "count>5", false, null)]
    [InlineData("{\"threshold\": \"count>5\", \"abortOnFail\": true, \"delayAbortEval\": \"1m\"}", "count>5", true, 60.0)]
    [InlineData("[{\"threshold\": \"count>5\", \"abortOnFail\": true, \"delayAbortEval\": \"1500ms\"}]", "count>5", true, 1.5)]
    public void A_threshold_may_be_a_string_an_object_or_a_list_of_them(string json, string expression, bool abort, double? delay)
    {
        var problems = new List<Problem>();
        var read = Assert.Single(Read(json, problems));
        Assert.Empty(problems);
        Assert.Equal(new ThresholdSpec(expression, abort, delay is { } seconds ? Duration.FromSeconds(seconds) : null), read);
    }

    [Theory]
    [InlineData("42")]
    [InlineData("[42]")]
    [InlineData("[{\"abortOnFail\": true}]")]
    [InlineData("[{\"threshold\": \"count>5\", \"abortonfail\": true}]")]
    [InlineData("[{\"threshold\": \"count>5\", \"delayAbortEval\": \"soon\"}]")]
    public void What_is_no_threshold_is_a_problem(string json)
    {
        var problems = new List<Problem>();
        Read(json, problems);
        Assert.NotEmpty(problems);
        Assert.All(problems, p => Assert.StartsWith("spec.thresholds", p.Path, StringComparison.Ordinal));
    }

    private static IReadOnlyList<ThresholdSpec> Read(string json, List<Problem> problems)
    {
        var node = SpecJson.Read("{\"scenarios\": {\"s\": {\"executor\": \"per-vu-iterations\"}}, \"thresholds\": {\"m\": " + json + "}}", problems);
        Assert.NotNull(node);
        return SpecParser.ParseSpec(node, "spec", problems).Thresholds["m"];
    }

    private static string Written(IReadOnlyList<ThresholdSpec> thresholds)
    {
        var manifest = new LoadTestManifest
        {
            Name = "x",
            Spec = new LoadTestSpec { Thresholds = new OrderedMap<IReadOnlyList<ThresholdSpec>>([new("m", thresholds)]) },
        };
        using var document = JsonDocument.Parse(Encoding.UTF8.GetString(SpecJson.ToUtf8(manifest)));
        return document.RootElement.GetProperty("spec").GetProperty("thresholds").GetProperty("m").GetRawText();
    }
}
