using LoadTesting.Metrics.Exposition;

namespace LoadTesting.Runner.Agent;

/// <summary>
/// What anybody may scrape: Prometheus' formats, rendered at most once a second and format, however many ask. A snapshot costs the load some of its
/// processor. Safe for concurrent use.
/// </summary>
internal sealed class SharedScrape(AgentRun run, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ExpositionFormat, (string State, long At, byte[] Body)> _rendered = [];

    /// <summary>The rendering for an Accept header, with its content type. The operator's own format is not given out.</summary>
    public (string ContentType, byte[] Body) Get(string accept)
    {
        var format = ContentNegotiation.Choose(accept) is var chosen && chosen == ExpositionFormat.Compact ? ExpositionFormat.Protobuf : chosen;
        lock (_gate)
        {
            // A change of state is seen at once: after the end nothing is older than the end.
            if (!_rendered.TryGetValue(format, out var last) || last.State != run.State || time.GetElapsedTime(last.At) >= AgentLimits.ScrapeAge)
            {
                var state = run.State;
                last = (state, time.GetTimestamp(), ExpositionWriter.Write(run.Snapshot(), format));
                _rendered[format] = last;
            }

            return (ContentNegotiation.ContentType(format), last.Body);
        }
    }
}
