using LoadTesting.Metrics;
using LoadTesting.Model.Reporting;

namespace LoadTesting.Model.Tests.Reporting;

public sealed class FailureReportTests
{
    [Fact]
    public void Failures_are_grouped_by_request_and_cause_most_frequent_first()
    {
        var recorder = new WorkerRecorder();
        Record(recorder, 7, true, ("name", "order"), ("status", "503"), ("error_code", "1503"));
        Record(recorder, 2, true, ("name", "order"), ("status", "503"), ("error_code", "1503"), ("scenario", "other"));
        Record(recorder, 12, true, ("name", "page"), ("status", "0"), ("error", "connection refused"), ("error_code", "1212"));
        Record(recorder, 50, false, ("name", "page"), ("status", "200"));
        Assert.Equal(
            [new FailureReport("page", "connection refused (error 1212)", 12), new FailureReport("order", "status 503", 9)],
            FailureReport.Of(recorder.TakeSnapshot()));
    }

    [Fact]
    public void Only_the_most_frequent_kinds_are_listed()
    {
        var recorder = new WorkerRecorder();
        for (var i = 1; i <= 30; i++)
        {
            Record(recorder, i, true, ("name", $"r{i}"), ("status", "500"));
        }

        var failures = FailureReport.Of(recorder.TakeSnapshot());
        Assert.Equal(FailureReport.Most, failures.Count);
        Assert.Equal((30L, 11L), (failures[0].Count, failures[^1].Count));
    }

    [Fact]
    public void Nothing_failed_is_nothing_listed()
    {
        var recorder = new WorkerRecorder();
        Record(recorder, 3, false, ("name", "page"), ("status", "200"));
        Assert.Empty(FailureReport.Of(recorder.TakeSnapshot()));
    }

    private static void Record(WorkerRecorder recorder, int count, bool failed, params (string Key, string Value)[] tags)
    {
        var series = recorder.Rate(BuiltInMetrics.HttpReqFailed, TagSet.Of(tags));
        for (var i = 0; i < count; i++)
        {
            series.Add(failed);
        }
    }
}
