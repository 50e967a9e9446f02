using System.Text;
using Prometheus;

namespace LoadTesting.Kubernetes.Telemetry;

/// <summary>
/// The program's own metrics: a private registry of prometheus-net with a cap on the series of each metric, because a label that grows without bound must not
/// take the process's memory. What is beyond the cap is counted in <c>loadtest_metrics_refused_series_total</c>. Safe for concurrent use.
/// </summary>
public sealed class MetricRegistry
{
    /// <summary>Content type of <see cref="WriteAsync"/>: Prometheus' text format 0.0.4.</summary>
    public const string ContentType = PrometheusConstants.TextContentTypeWithVersionAndEncoding;

    /// <summary>Most label sets of a metric.</summary>
    public const int SeriesLimit = 1000;

    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly MetricFactory _factory;
    private readonly MetricFactory _discarded = Metrics.WithCustomRegistry(Metrics.NewCustomRegistry());
    private readonly Counter _refused;

    /// <summary>A registry without metrics but the one that counts refused series.</summary>
    public MetricRegistry()
    {
        _factory = Metrics.WithCustomRegistry(_registry);
        _refused = _factory.CreateCounter("loadtest_metrics_refused_series_total", "Measurements that were not kept because their metric has too many series.", "metric");
    }

    /// <summary>A metric that goes up.</summary>
    /// <param name="name">Name, used as it is.</param>
    /// <param name="help">One line for people, without line ends and backslashes: prometheus-net does not escape them.</param>
    /// <param name="labels">Label names; none for a metric of one series, which then exists from the start on, at 0.</param>
    public CappedCollector<ICounter> Counter(string name, string help, params string[] labels) =>
        Cap<ICounter, Counter.Child>(_factory.CreateCounter(name, help, labels), _discarded.CreateCounter(name, help));

    /// <summary>A metric that goes up and down.</summary>
    /// <inheritdoc cref="Counter(string, string, string[])"/>
    public CappedCollector<IGauge> Gauge(string name, string help, params string[] labels) =>
        Cap<IGauge, Gauge.Child>(_factory.CreateGauge(name, help, labels), _discarded.CreateGauge(name, help));

    /// <summary>A distribution in classic buckets.</summary>
    /// <param name="name">Name, used as it is.</param>
    /// <param name="help">One line for people, without line ends and backslashes.</param>
    /// <param name="bounds">Upper bounds of the buckets, ascending, finite.</param>
    /// <param name="labels">Label names.</param>
    public CappedCollector<IHistogram> Histogram(string name, string help, double[] bounds, params string[] labels)
    {
        var configuration = new HistogramConfiguration { Buckets = bounds };
        return Cap<IHistogram, Histogram.Child>(_factory.CreateHistogram(name, help, labels, configuration), _discarded.CreateHistogram(name, help, configuration));
    }

    /// <summary>Calls an action before each scrape: for gauges whose value is asked for. It may take locks under which others record.</summary>
    public void BeforeCollect(Action update) => _registry.AddBeforeCollectCallback(update);

    /// <summary>Writes everything.</summary>
    public Task WriteAsync(Stream stream, CancellationToken cancellation) => _registry.CollectAndExportAsTextAsync(stream, cancellation);

    /// <summary>Everything as text.</summary>
    public async Task<string> ReadTextAsync(CancellationToken cancellation = default)
    {
        using var buffer = new MemoryStream();
        await WriteAsync(buffer, cancellation);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private CappedCollector<TMetric> Cap<TMetric, TChild>(Collector<TChild> inner, TMetric discarded)
        where TMetric : class
        where TChild : ChildBase, TMetric =>
        new(inner.LabelNames.Length, values => inner.WithLabels(values), inner.RemoveLabelled, discarded, SeriesLimit, () => _refused.WithLabels(inner.Name).Inc());
}
