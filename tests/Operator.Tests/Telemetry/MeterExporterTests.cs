using System.Diagnostics.Metrics;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Judging;
using LoadTesting.Operator.Telemetry;

namespace LoadTesting.Operator.Tests.Telemetry;

public sealed class MeterExporterTests : IDisposable
{
    private readonly Meter _meter = new("test");
    private readonly MeterExporter _exporter;

    public MeterExporterTests() => _exporter = new MeterExporter(_meter);

    public void Dispose()
    {
        _exporter.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void Nothing_recorded_is_nothing_written() => Assert.Equal("", _exporter.Text());

    [Fact]
    public void Counters_add_up_per_label_set_whatever_the_order_of_labels()
    {
        var counter = _meter.CreateCounter<long>("c_total", null, "Help with \\ and\nlines.");
        counter.Add(2, new("b", "1"), new("a", "x"));
        counter.Add(3, new("a", "x"), new KeyValuePair<string, object?>("b", "1"));
        counter.Add(1, new("a", "quote \" slash \\ line \n end"), new KeyValuePair<string, object?>("b", null));

        Assert.Equal(
            """
            # HELP c_total Help with \\ and\nlines.
            # TYPE c_total counter
            c_total{a="quote \" slash \\ line \n end",b=""} 1
            c_total{a="x",b="1"} 5

            """,
            _exporter.Text());
    }

    [Fact]
    public void Gauges_go_down_and_observed_ones_are_asked_anew()
    {
        var depth = _meter.CreateUpDownCounter<long>("depth");
        depth.Add(3);
        depth.Add(-2);
        var seen = new List<Measurement<double>> { new(1.5, new KeyValuePair<string, object?>("q", "a")), new(double.PositiveInfinity, new KeyValuePair<string, object?>("q", "b")) };
        _meter.CreateObservableGauge("age", () => seen);
        Assert.Equal("# HELP age \n# TYPE age gauge\nage{q=\"a\"} 1.5\nage{q=\"b\"} +Inf\n# HELP depth \n# TYPE depth gauge\ndepth 1\n", _exporter.Text());

        seen.RemoveAt(1);
        Assert.DoesNotContain("q=\"b\"", _exporter.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Histograms_have_cumulative_buckets_whose_last_is_the_count()
    {
        var histogram = _meter.CreateHistogram<double>("rest_client_request_duration_seconds");
        foreach (var value in new[] { 0.005, 0.0051, 3, 61 })
        {
            histogram.Record(value, new KeyValuePair<string, object?>("verb", "GET"));
        }

        var text = _exporter.Text();
        Assert.Contains("# TYPE rest_client_request_duration_seconds histogram\n", text, StringComparison.Ordinal);
        // A bound belongs to its bucket ("le").
        Assert.Contains("_bucket{verb=\"GET\",le=\"0.005\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("_bucket{verb=\"GET\",le=\"0.025\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("_bucket{verb=\"GET\",le=\"4\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("_bucket{verb=\"GET\",le=\"60\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("_bucket{verb=\"GET\",le=\"+Inf\"} 4\n", text, StringComparison.Ordinal);
        Assert.Contains("_sum{verb=\"GET\"} 64.0101\n", text, StringComparison.Ordinal);
        Assert.EndsWith("_count{verb=\"GET\"} 4\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_without_bound_does_not_take_the_memory_and_says_so()
    {
        var counter = _meter.CreateCounter<long>("wild_total");
        for (var i = 0; i < MeterExporter.SeriesLimit + 7; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("id", i));
        }

        counter.Add(1, new KeyValuePair<string, object?>("id", 0));
        var lines = _exporter.Text().Split('\n');
        Assert.Equal(MeterExporter.SeriesLimit, lines.Count(l => l.StartsWith("wild_total{", StringComparison.Ordinal)));
        Assert.Contains("wild_total{id=\"0\"} 2", lines);
        Assert.Contains("loadtest_metrics_refused_series_total{metric=\"wild_total\"} 7", lines);
    }

    [Fact]
    public void Other_meters_stay_out()
    {
        using var other = new Meter("test");
        other.CreateCounter<long>("other_total").Add(1);
        Assert.Equal("", _exporter.Text());
    }

    [Fact]
    public async Task An_observed_value_may_take_a_lock_under_which_others_record()
    {
        var theirs = new Lock();
        var counter = _meter.CreateCounter<long>("c_total");
        _meter.CreateObservableGauge("g", () =>
        {
            lock (theirs)
            {
                return 1;
            }
        });
        using var stop = new CancellationTokenSource();
        var recording = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                lock (theirs)
                {
                    counter.Add(1);
                }
            }
        });
        var reading = Task.Run(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                _exporter.Text();
            }
        });
        // Ends in a timeout when reading and recording wait for each other.
        await reading.WaitAsync(TimeSpan.FromMinutes(2));
        await stop.CancelAsync();
        await recording.WaitAsync(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public void The_controllers_instruments_have_the_names_that_dashboards_ask_for()
    {
        var control = new ControlMetrics(_meter);
        _ = new ClientMetrics(_meter);
        using var queue = new WorkQueue<NamespacedName>("loadtest", TimeProvider.System, control);
        queue.Add(new NamespacedName("n", "x"));

        var text = _exporter.Text();
        Assert.Contains("workqueue_depth{name=\"loadtest\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("workqueue_adds_total{name=\"loadtest\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("workqueue_unfinished_work_seconds{name=\"loadtest\"} 0\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_life_of_a_run_is_counted()
    {
        var metrics = new RunMetrics(_meter);
        var run = new NamespacedName("shop", "flash-sale-1");
        metrics.RunStarted();
        metrics.RunActive(run, 4);
        metrics.RunActive(run, 4);
        metrics.Scraped(TimeSpan.FromMilliseconds(3));
        metrics.ScrapeFailed();
        metrics.RunnersLost(1);
        metrics.RunnersStarted(TimeSpan.FromMilliseconds(2));
        var during = _exporter.Text();
        Assert.Contains("loadtest_runs_active 1\n", during, StringComparison.Ordinal);
        Assert.Contains("loadtest_runners_active 4\n", during, StringComparison.Ordinal);

        metrics.RunFinished(run, Verdict.Failed, "ThresholdsFailed", TimeSpan.FromSeconds(42), TimeSpan.FromSeconds(0.7));
        var after = _exporter.Text();
        Assert.Contains("loadtest_runs_active 0\n", after, StringComparison.Ordinal);
        Assert.Contains("loadtest_runners_active 0\n", after, StringComparison.Ordinal);
        Assert.Contains("loadtest_runs_started_total 1\n", after, StringComparison.Ordinal);
        Assert.Contains("loadtest_runs_finished_total{reason=\"ThresholdsFailed\",verdict=\"Failed\"} 1\n", after, StringComparison.Ordinal);
        Assert.Contains("loadtest_run_duration_seconds_bucket{verdict=\"Failed\",le=\"60\"} 1\n", after, StringComparison.Ordinal);
        Assert.Contains("loadtest_verdict_delay_seconds_sum 0.7\n", after, StringComparison.Ordinal);
        Assert.Contains("loadtest_runner_scrapes_total{result=\"error\"} 1\n", after, StringComparison.Ordinal);
        Assert.Contains("loadtest_build_info{version=\"0.1.0\"} 1\n", after, StringComparison.Ordinal);
        Assert.DoesNotContain("flash-sale", after, StringComparison.Ordinal);
    }

    [Fact]
    public void The_process_is_measured()
    {
        ProcessMetrics.Observe(_meter);
        var text = _exporter.Text();
        Assert.Matches("process_cpu_seconds_total [0-9.e-]+\n", text);
        Assert.Matches("process_resident_memory_bytes [1-9]", text);
        Assert.Matches("process_start_time_seconds [1-9]", text);
    }
}
