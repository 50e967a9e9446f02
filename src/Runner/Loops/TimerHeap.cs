namespace LoadTesting.Runner.Loops;

/// <summary>Something that is due at an instant; in one heap at most.</summary>
internal abstract class LoopTimer
{
    /// <summary>Place in the heap; −1 = not in it.</summary>
    internal int Place { get; set; } = -1;

    /// <summary>The instant has come; the timer is no longer in the heap.</summary>
    internal abstract void OnDue(long now);
}

/// <summary>Timers in order of their instants: a binary heap in which each knows its place, so that it can be moved or taken out. Allocates only to grow.</summary>
internal sealed class TimerHeap
{
    private (long Due, LoopTimer Timer)[] _entries = new (long, LoopTimer)[16];
    private int _count;

    /// <summary>The earliest instant; <see cref="long.MaxValue"/> when there is none.</summary>
    public long NextDue { get; private set; } = long.MaxValue;

    public int Count => _count;

    /// <summary>Puts a timer in, or moves it to another instant.</summary>
    public void Set(LoopTimer timer, long due)
    {
        var place = timer.Place;
        if (place < 0)
        {
            if (_count == _entries.Length) Array.Resize(ref _entries, 2 * _count);
            place = _count++;
        }

        _entries[place] = (due, timer);
        Settle(place);
    }

    /// <summary>Takes a timer out, if it is in.</summary>
    public void Remove(LoopTimer timer)
    {
        var place = timer.Place;
        if (place < 0) return;
        timer.Place = -1;
        var last = _entries[--_count];
        _entries[_count] = default;
        if (place < _count)
        {
            _entries[place] = last;
            Settle(place);
        }
        else
        {
            NextDue = _count > 0 ? _entries[0].Due : long.MaxValue;
        }
    }

    /// <summary>Takes out the earliest if it is due.</summary>
    public LoopTimer? TakeDue(long now)
    {
        if (NextDue > now) return null;
        var timer = _entries[0].Timer;
        Remove(timer);
        return timer;
    }

    private void Settle(int place)
    {
        var entry = _entries[place];
        while (place > 0 && _entries[(place - 1) / 2].Due > entry.Due)
        {
            Put((place - 1) / 2, place);
            place = (place - 1) / 2;
        }

        while (true)
        {
            var child = (2 * place) + 1;
            if (child >= _count) break;
            if (child + 1 < _count && _entries[child + 1].Due < _entries[child].Due) child++;
            if (_entries[child].Due >= entry.Due) break;
            Put(child, place);
            place = child;
        }

        _entries[place] = entry;
        entry.Timer.Place = place;
        NextDue = _entries[0].Due;
    }

    private void Put(int from, int to)
    {
        _entries[to] = _entries[from];
        _entries[to].Timer.Place = to;
    }
}
