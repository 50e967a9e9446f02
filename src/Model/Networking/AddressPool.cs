using System.Net;

namespace LoadTesting.Model.Networking;

/// <summary>Local addresses for virtual users, in turn.</summary>
public sealed class AddressPool
{
    private readonly IReadOnlyList<AddressBlock> _blocks;

    /// <summary>A pool of blocks that follow each other; at least one.</summary>
    public AddressPool(IReadOnlyList<AddressBlock> blocks)
    {
        ArgumentOutOfRangeException.ThrowIfZero(blocks.Count, nameof(blocks));
        _blocks = blocks;
        Count = blocks.Aggregate(UInt128.Zero, (sum, b) => UInt128.MaxValue - sum < b.Count ? UInt128.MaxValue : sum + b.Count);
    }

    /// <summary>How many addresses.</summary>
    public UInt128 Count { get; }

    /// <summary>The address of a number; after the last it begins again with the first.</summary>
    /// <param name="number">0-based; virtual user n has number n − 1.</param>
    public IPAddress At(ulong number)
    {
        var rest = number % Count;
        foreach (var block in _blocks)
        {
            if (rest < block.Count)
            {
                return block.At(rest);
            }

            rest -= block.Count;
        }

        throw new InvalidOperationException("the blocks have fewer addresses than their sum");
    }
}
