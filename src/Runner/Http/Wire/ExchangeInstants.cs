namespace LoadTesting.Runner.Http.Wire;

/// <summary>Instants of one exchange; 0 = did not come.</summary>
internal struct ExchangeInstants
{
    public long Started;
    public long Connected;
    public long Connecting;
    public long Handshaking;
    public long Written;
    public long FirstByte;
    public long Ended;

    public readonly ExchangeTimings ToTimings() => ExchangeTimings.Between(Started, Connected, Connecting, Handshaking, Written, FirstByte, Ended);
}
