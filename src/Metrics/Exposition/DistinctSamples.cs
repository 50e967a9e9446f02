namespace LoadTesting.Metrics.Exposition;

/// <summary>
/// Sets of different values as samples: the hashes in ascending order, or the registers of a sketch, ten of 5 bits in each sample. Samples are numbered from 1 on by a label;
/// those that would be 0 are left out. Both fit doubles exactly.
/// </summary>
internal static class DistinctSamples
{
    private const int RegistersPerSample = 10;
    private const int RegisterBits = 5;
    private const int MostParts = (DistinctSketch.Registers + RegistersPerSample - 1) / RegistersPerSample;

    public static IEnumerable<FamilySample> OfHashes(TagSet tags, DistinctValue value) => value.Hashes.Select((hash, i) => new FamilySample(tags, hash, i + 1));

    public static IEnumerable<FamilySample> OfRegisters(TagSet tags, IReadOnlyList<byte> registers)
    {
        for (var part = 0; part < MostParts; part++)
        {
            var packed = 0L;
            for (var i = 0; i < RegistersPerSample && (part * RegistersPerSample) + i is var register && register < registers.Count; i++)
            {
                packed |= (long)registers[register] << (i * RegisterBits);
            }

            if (packed != 0) yield return new FamilySample(tags, packed, part + 1);
        }
    }

    /// <summary>What <see cref="OfHashes"/> wrote; null for anything else.</summary>
    public static DistinctValue? FromHashes(IEnumerable<FamilySample> samples)
    {
        var hashes = new HashSet<long>();
        foreach (var sample in samples)
        {
            if (sample.Histogram is not null || !SampleSet.IsInteger(sample.Value, 0, (1L << DistinctSketch.HashBits) - 1) || !hashes.Add((long)sample.Value)) return null;
        }

        return hashes.Count is > 0 and <= DistinctSketch.MaxExact ? DistinctValue.Of(hashes) : null;
    }

    /// <summary>What <see cref="OfRegisters"/> wrote; null for anything else.</summary>
    public static DistinctValue? FromRegisters(IEnumerable<FamilySample> samples)
    {
        var registers = new byte[DistinctSketch.Registers];
        var seen = new bool[MostParts];
        foreach (var sample in samples)
        {
            var part = sample.Part - 1;
            if (part < 0 || part >= MostParts || seen[part] || sample.Histogram is not null || !SampleSet.IsInteger(sample.Value, 1, (1L << (RegistersPerSample * RegisterBits)) - 1)) return null;
            seen[part] = true;
            var packed = (long)sample.Value;
            for (var i = 0; packed != 0; i++, packed >>= RegisterBits)
            {
                var register = (part * RegistersPerSample) + i;
                if (register >= registers.Length) return null;
                registers[register] = (byte)(packed & ((1 << RegisterBits) - 1));
            }
        }

        return seen.Contains(true) ? DistinctValue.Of(registers) : null;
    }
}
