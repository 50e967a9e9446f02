namespace LoadTesting.Runner.Engine;

/// <summary>
/// The runner's initialised VUs. Scenarios borrow them and give them back, so that scenarios that follow each other share the same ones. Lowest numbers go
/// first, as in k6. When none is free one more is made: a plan's tail that takes longer than computed must not fail a run.
/// </summary>
internal sealed class VuPool : IAsyncDisposable
{
    private readonly object _lock = new();
    private readonly Func<int, IVirtualUser> _create;
    private readonly PriorityQueue<Slot, int> _idle = new();
    private readonly List<Slot> _all = [];

    /// <summary>An empty pool.</summary>
    /// <param name="create">Makes the VU of a 0-based local number.</param>
    public VuPool(Func<int, IVirtualUser> create)
    {
        _create = create;
    }

    /// <summary>VUs that exist: k6's <c>vus_max</c>.</summary>
    public int Initialised
    {
        get
        {
            lock (_lock) return _all.Count;
        }
    }

    /// <summary>Makes VUs until there are so many.</summary>
    public void Prepare(int count)
    {
        lock (_lock)
        {
            while (_all.Count < count)
            {
                var slot = AddOneLocked();
                _idle.Enqueue(slot, slot.Index);
            }
        }
    }

    /// <summary>Borrows the free VU with the lowest number.</summary>
    public Slot Rent()
    {
        lock (_lock) return _idle.TryDequeue(out var slot, out _) ? slot : AddOneLocked();
    }

    /// <summary>Gives one back.</summary>
    public void Return(Slot slot)
    {
        lock (_lock) _idle.Enqueue(slot, slot.Index);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var slot in _all) await slot.User.DisposeAsync();
    }

    private Slot AddOneLocked()
    {
        var slot = new Slot(_all.Count, _create(_all.Count));
        _all.Add(slot);
        return slot;
    }

    /// <summary>A VU and its place.</summary>
    /// <param name="Index">0-based number within this runner.</param>
    /// <param name="User">The VU.</param>
    internal sealed record Slot(int Index, IVirtualUser User);
}
