namespace LoadTesting.Runner.Http.Wire;

/// <summary>A virtual user's connections that wait for a request: as a rule one, and one more for each other server that the flow talks to. Mutable: keep it in a field.</summary>
internal struct IdleConnections
{
    // Redirects may lead to ever new servers; what was not used for the longest time goes first.
    private const int Most = 16;

    private LoopConnection? _latest;
    private List<LoopConnection>? _others;

    /// <summary>Takes out one over which requests to the URL may go.</summary>
    /// <param name="url">Where to.</param>
    /// <param name="oldest">One that was opened before this instant is closed instead.</param>
    public LoopConnection? Take(Uri url, long oldest)
    {
        while (Take(url) is { } connection)
        {
            if (connection.OpenedAt >= oldest) return connection;
            connection.Close();
        }

        return null;
    }

    private LoopConnection? Take(Uri url)
    {
        if (_latest is { } latest && latest.Serves(url))
        {
            _latest = null;
            return latest;
        }

        var place = _others?.FindLastIndex(c => c.Serves(url)) ?? -1;
        if (place < 0) return null;
        var found = _others![place];
        _others.RemoveAt(place);
        return found;
    }

    public void Return(LoopConnection connection)
    {
        if (_latest is not null)
        {
            (_others ??= []).Add(_latest);
            if (_others.Count >= Most)
            {
                var oldest = _others[0];
                _others.RemoveAt(0);
                oldest.Close();
            }
        }

        _latest = connection;
    }

    /// <summary>Forgets one that was closed.</summary>
    public void Remove(LoopConnection connection)
    {
        if (ReferenceEquals(_latest, connection)) _latest = null;
        else _others?.Remove(connection);
    }

    public void Close()
    {
        // Forgotten first: a connection that closes is looked for here.
        var (latest, others) = (_latest, _others);
        (_latest, _others) = (null, null);
        latest?.Close();
        others?.ForEach(c => c.Close());
    }
}
