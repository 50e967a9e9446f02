using System.Text.Json;
using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Reporting;
using LoadTesting.Model.Validation;
using LoadTesting.Operator.Admission;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Reconciling;
using LoadTesting.Operator.Tests.Telemetry;

namespace LoadTesting.Operator.Tests.Reconciling;

public sealed class PrintableStatusTests
{
    public static TheoryData<string> Hostile => OperatorLoggingTests.Hostile;

    [Theory]
    [MemberData(nameof(Hostile))]
    public void No_text_of_a_status_keeps_what_is_not_printable(string hostile)
    {
        var status = new LoadTestStatus
        {
            Message = hostile,
            Happenings = ["1s: " + hostile],
            Metrics = [new JsonObject { ["metric" + hostile] = hostile, ["count"] = 3 }],
            Thresholds = [new ThresholdStatus { Metric = hostile, Expression = hostile, Ok = true, Message = hostile }],
            Conditions = [new Condition { Type = "Complete", Status = "True", Message = hostile }],
            Bookkeeping = new Bookkeeping { StopCause = hostile },
        };
        var shown = PrintableStatus.Of(status);
        foreach (var text in Texts(LoadTestResources.ToJson(shown with { Bookkeeping = null }))) Assert.Equal(text, PrintableText.OneLine(text));
        // Half a character is U+FFFD in any JSON.
        Assert.True(shown.Message != hostile || char.IsSurrogate(hostile[0]), shown.Message);
        Assert.Equal(3, (int)shown.Metrics![0]["count"]!);
        // Values that setup gave go on to runners as they are.
        Assert.Equal(JsonSerializer.Serialize(hostile), JsonSerializer.Serialize(shown.Bookkeeping!.StopCause));
        if (!char.IsSurrogate(hostile[0])) Assert.Same(shown, PrintableStatus.Of(shown));
    }

    [Fact]
    public void A_status_that_is_printable_stays_the_same_object_and_a_long_text_has_a_bound()
    {
        var plain = new LoadTestStatus { Message = "All thresholds hold ✓", Phase = LoadTesting.Operator.Api.RunPhase.Finished, Happenings = ["3s: Pod a-1 was restarted"] };
        Assert.Same(plain, PrintableStatus.Of(plain));
        var shown = PrintableStatus.Of(plain with { Message = new string('\u001b', 1 << 20) });
        Assert.Equal(PrintableStatus.LongestText, shown.Message!.Length);
        Assert.Same(shown, PrintableStatus.Of(shown));
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void An_answer_of_admission_is_printable(string hostile)
    {
        foreach (var isWarning in new[] { true, false })
        {
            var problem = new Problem("spec.flows." + hostile, "rule", "message " + hostile) { Value = hostile, Suggestion = hostile, IsWarning = isWarning };
            var answer = new AdmissionAnswer(new AdmissionRequest("u", "LoadTest", "CREATE", "name", default, default), [problem]).ToJson();
            foreach (var text in Texts(answer)) Assert.Equal(text, PrintableText.OneLine(text));
        }
    }

    private static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonObject fields => fields.SelectMany(f => Texts(f.Value).Prepend(f.Key)),
        JsonArray items => items.SelectMany(Texts),
        JsonValue value when value.TryGetValue(out string? text) => [text],
        _ => [],
    };
}
