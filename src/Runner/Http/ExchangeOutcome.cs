namespace LoadTesting.Runner.Http;

/// <summary>What became of one exchange.</summary>
public enum ExchangeOutcome
{
    /// <summary>A complete response, whatever its status.</summary>
    Response,

    /// <summary>No complete response; <see cref="Exchange.Error"/> says why.</summary>
    Failed,

    /// <summary>The iteration was interrupted while the exchange was under way: it counts in no metric but data_sent and data_received.</summary>
    Interrupted,
}
