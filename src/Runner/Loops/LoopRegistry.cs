namespace LoadTesting.Runner.Loops;

/// <summary>
/// The descriptors that a loop watches: an epoll instance and who gets which events. One registration lasts as long as the connection. A number bears the
/// generation of its place, so that events of a closed connection that are still in hand do not reach the next one there.
/// </summary>
internal sealed class LoopRegistry : IDisposable
{
    private (ILoopHandler? Handler, int Generation)[] _places = new (ILoopHandler?, int)[16];
    private readonly Stack<int> _free = new();
    private int _used;

    public LoopRegistry()
    {
        Epoll = Linux.EpollCreate(0x80000);
        if (Epoll < 0) throw new InvalidOperationException($"no epoll instance: {Linux.Text(Linux.LastError)}");
    }

    /// <summary>Descriptor of the epoll instance.</summary>
    public int Epoll { get; }

    /// <summary>Watches; gives a number for <see cref="Remove"/>, or −1 with errno when the kernel will not.</summary>
    public int Add(int descriptor, uint flags, ILoopHandler handler)
    {
        var place = _free.Count > 0 ? _free.Pop() : _used++;
        if (place == _places.Length) Array.Resize(ref _places, 2 * place);
        _places[place].Handler = handler;
        if (Linux.EpollAdd(Epoll, descriptor, flags, ((long)_places[place].Generation << 32) | (uint)place) == 0) return place;
        Remove(place);
        return -1;
    }

    public void Remove(int number)
    {
        _places[number] = (null, _places[number].Generation + 1);
        _free.Push(number);
    }

    /// <summary>Who an event is for; null when its connection is closed.</summary>
    public ILoopHandler? Find(long data)
    {
        ref var place = ref _places[(int)(uint)data];
        return place.Generation == (int)(data >> 32) ? place.Handler : null;
    }

    public void Dispose() => Linux.Close(Epoll);
}
