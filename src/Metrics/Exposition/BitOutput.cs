namespace LoadTesting.Metrics.Exposition;

/// <summary>Writes numbers of so many bits, the least significant bit first, behind what an output holds already.</summary>
internal ref struct BitOutput(CompactOutput output)
{
    private readonly CompactOutput _output = output;
    private ulong _pending;
    private int _held;

    /// <summary>A number of 0 to 64 bits.</summary>
    public void Put(ulong value, int bits)
    {
        if (bits > 32)
        {
            Put(value & uint.MaxValue, 32);
            (value, bits) = (value >> 32, bits - 32);
        }

        _pending |= value << _held;
        for (_held += bits; _held >= 8; _held -= 8, _pending >>= 8) _output.Byte((byte)_pending);
    }

    /// <summary>Fills the last byte up.</summary>
    public void End()
    {
        if (_held > 0) _output.Byte((byte)_pending);
        (_pending, _held) = (0, 0);
    }
}
