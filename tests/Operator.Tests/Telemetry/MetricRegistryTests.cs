using System.Globalization;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Kubernetes.Telemetry;
using LoadTesting.Model.Judging;
using LoadTesting.Operator.Telemetry;

namespace LoadTesting.Operator.Tests.Telemetry;

public sealed class MetricRegistryTests
{
    private readonly MetricRegistry _registry = new();

    [Fact]
    public async Task A_metric_without_labels_is_0_from_the_start_on_and_one_with_labels_has_no_series_yet()
    {
        _registry.Counter("c_total", "Help.");
        _registry.Gauge("g", "Help.", "q");
        var lines = (await _registry.ReadTextAsync()).Split('\n');
        Assert.Contains("# HELP c_total Help.", lines);
        Assert.Contains("# TYPE c_total counter", lines);
        Assert.Contains("c_total 0", lines);
        Assert.DoesNotContain(lines, l => l.StartsWith("g{", StringComparison.Ordinal) || l.StartsWith("g ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Counters_add_up_per_label_set_and_label_values_are_escaped()
    {
        var counter = _registry.Counter("c_total", "Help.", "a", "b");
        counter.WithLabels("x", "1").Inc(2);
        counter.WithLabels("x", "1").Inc(3);
        counter.WithLabels("quote \" slash \\ line \n end", "").Inc();
        var text = await _registry.ReadTextAsync();
        Assert.Contains("c_total{a=\"quote \\\" slash \\\\ line \\n end\",b=\"\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("c_total{a=\"x\",b=\"1\"} 5\n", text, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => counter.WithLabels("x"));
    }

    [Fact]
    public async Task Gauges_go_down_asked_ones_are_asked_at_each_scrape_and_removed_series_are_gone()
    {
        var depth = _registry.Gauge("depth", "Help.").Unlabelled;
        depth.Inc(3);
        depth.Dec(2);
        var asked = 0;
        var age = _registry.Gauge("age", "Help.", "q");
        age.WithLabels("b").Set(7);
        _registry.BeforeCollect(() => age.WithLabels("a").Set(++asked + 0.5));
        var text = await _registry.ReadTextAsync();
        Assert.Contains("depth 1\n", text, StringComparison.Ordinal);
        Assert.Contains("age{q=\"a\"} 1.5\n", text, StringComparison.Ordinal);
        Assert.Contains("age{q=\"b\"} 7\n", text, StringComparison.Ordinal);

        age.Remove("b");
        age.Remove("never there");
        text = await _registry.ReadTextAsync();
        Assert.Contains("age{q=\"a\"} 2.5\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("q=\"b\"", text, StringComparison.Ordinal);
        age.WithLabels("b").Inc();
        Assert.Contains("age{q=\"b\"} 1\n", await _registry.ReadTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Histograms_have_cumulative_buckets_whose_last_is_the_count()
    {
        var histogram = _registry.Histogram("rest_client_request_duration_seconds", "Help.", [0.005, 0.025, 4, 60], "verb");
        foreach (var value in new[] { 0.005, 0.0051, 3, 61 })
        {
            histogram.WithLabels("GET").Observe(value);
        }

        var text = await _registry.ReadTextAsync();
        Assert.Contains("# TYPE rest_client_request_duration_seconds histogram\n", text, StringComparison.Ordinal);
        // A bound belongs to its bucket ("le").
        Assert.Contains("_bucket{verb=\"GET\",le=\"0.005\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("_bucket{verb=\"GET\",le=\"0.025\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("_bucket{verb=\"GET\",le=\"4\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("_bucket{verb=\"GET\",le=\"60\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("_bucket{verb=\"GET\",le=\"+Inf\"} 4\n", text, StringComparison.Ordinal);
        Assert.Contains("_sum{verb=\"GET\"} 64.0101", text, StringComparison.Ordinal);
        Assert.Contains("_count{verb=\"GET\"} 4\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_label_without_bound_does_not_take_the_memory_and_says_so()
    {
        var counter = _registry.Counter("wild_total", "Help.", "id");
        for (var i = 0; i < MetricRegistry.SeriesLimit + 7; i++)
        {
            counter.WithLabels(i.ToString(CultureInfo.InvariantCulture)).Inc();
        }

        counter.WithLabels("0").Inc();
        var lines = (await _registry.ReadTextAsync()).Split('\n');
        Assert.Equal(MetricRegistry.SeriesLimit, lines.Count(l => l.StartsWith("wild_total{", StringComparison.Ordinal)));
        Assert.Contains("wild_total{id=\"0\"} 2", lines);
        Assert.Contains("loadtest_metrics_refused_series_total{metric=\"wild_total\"} 7", lines);

        // A series that ends makes room for another.
        counter.Remove("0");
        counter.WithLabels("new").Inc();
        Assert.Contains("wild_total{id=\"new\"} 1\n", await _registry.ReadTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_the_process_wide_registry_is_in_it()
    {
        Prometheus.Metrics.CreateCounter("other_total", "Help.").Inc();
        Assert.DoesNotContain("other_total", await _registry.ReadTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_asked_value_may_take_a_lock_under_which_others_record()
    {
        var theirs = new Lock();
        var counter = _registry.Counter("c_total", "Help.", "a");
        var gauge = _registry.Gauge("g", "Help.").Unlabelled;
        _registry.BeforeCollect(() =>
        {
            lock (theirs)
            {
                gauge.Set(1);
            }
        });
        using var stop = new CancellationTokenSource();
        var recording = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                lock (theirs)
                {
                    counter.WithLabels("x").Inc();
                }
            }
        });
        var reading = Task.Run(async () =>
        {
            for (var i = 0; i < 2000; i++)
            {
                await _registry.ReadTextAsync();
            }
        });
        // Ends in a timeout when reading and recording wait for each other.
        await reading.WaitAsync(TimeSpan.FromMinutes(2));
        await stop.CancelAsync();
        await recording.WaitAsync(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task The_controllers_instruments_have_the_names_that_dashboards_ask_for()
    {
        var control = new ControlMetrics(_registry);
        _ = new ClientMetrics(_registry);
        using var queue = new WorkQueue<NamespacedName>("loadtest", TimeProvider.System, control);
        queue.Add(new NamespacedName("n", "x"));

        var text = await _registry.ReadTextAsync();
        Assert.Contains("workqueue_depth{name=\"loadtest\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("workqueue_adds_total{name=\"loadtest\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("workqueue_unfinished_work_seconds{name=\"loadtest\"} 0\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_life_of_a_run_is_counted()
    {
        var metrics = new RunMetrics(_registry);
        var run = new NamespacedName("shop", "flash-sale-1");
        metrics.RunStarted();
        metrics.RunActive(run, 4);
        metrics.RunActive(run, 4);
        metrics.Scraped(TimeSpan.FromMilliseconds(3));
        metrics.ScrapeFailed(isRefused: false);
        metrics.RunnersLost(1);
        metrics.RunnersStarted(TimeSpan.FromMilliseconds(2));
        var during = await _registry.ReadTextAsync();
        Assert.Contains("loadtest_runs_active 1\n", during, StringComparison.Ordinal);
        Assert.Contains("loadtest_runners_active 4\n", during, StringComparison.Ordinal);

        metrics.RunFinished(run, Verdict.Failed, "ThresholdsFailed", TimeSpan.FromSeconds(42), TimeSpan.FromSeconds(0.7));
        var after = await _registry.ReadTextAsync();
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
    public async Task The_process_is_measured()
    {
        ProcessMetrics.Observe(_registry);
        var text = await _registry.ReadTextAsync();
        Assert.Matches("process_cpu_seconds_total [0-9.e-]+\n", text);
        Assert.Matches("process_resident_memory_bytes [1-9]", text);
        Assert.Matches("process_start_time_seconds [1-9]", text);
    }
}
