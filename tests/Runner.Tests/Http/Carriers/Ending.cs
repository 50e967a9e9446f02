using LoadTesting.Runner.Http;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Http.Carriers;

/// <summary>A way in which an exchange can end: what the server does, and what must come of it.</summary>
internal sealed record Ending(string Name)
{
    /// <summary>What the server does with the request, whose body it has read; whether the connection goes on. Null = answers it.</summary>
    public Func<Peer, Task<bool>>? Act { get; init; }

    /// <summary>Instead of anything else on the first connection.</summary>
    public Func<Scene, RawConnection, Task>? AtAccept { get; init; }

    /// <summary>Instead of HTTP on the first connection.</summary>
    public Func<Scene, RawConnection, Task>? AfterHandshake { get; init; }

    /// <summary>Between a request that was answered and the one that counts.</summary>
    public Func<Peer, Task>? WhileIdle { get; init; }

    /// <summary>Whether the server does not read the body before it acts; then there is one that no buffers hold.</summary>
    public bool LeavesBody { get; init; }

    /// <summary>Whether the connection goes to somebody who does not accept it.</summary>
    public bool IsUnaccepted { get; init; }

    /// <summary>Whether the connection goes to where nobody listens.</summary>
    public bool IsRefused { get; init; }

    /// <summary>Limit of the request in seconds.</summary>
    public double Timeout { get; init; } = 120;

    /// <summary>Limit of connecting in milliseconds.</summary>
    public int ConnectTimeout { get; init; } = 60_000;

    /// <summary>Whether the user is cut off where the server is reached.</summary>
    public bool Interrupts { get; init; }

    /// <summary>Where it can happen.</summary>
    public Func<Cell, bool> Where { get; init; } = _ => true;

    /// <summary>What must come of it.</summary>
    public required Func<Cell, Expected> Expect { get; init; }

    public override string ToString() => Name;
}

/// <summary>What must come of an exchange.</summary>
/// <param name="Status">0 = there is no answer.</param>
/// <param name="Errors">Without an answer: one of these; none = interrupted.</param>
internal sealed record Expected(int Status, params TransportError[] Errors)
{
    /// <summary>How often the server saw the request: at least, at most.</summary>
    public (int Least, int Most) Seen { get; init; } = (1, 1);

    /// <summary>Whether the next request goes over the same connection; null = either.</summary>
    public bool? Keeps { get; init; } = Status != 0;
}

/// <summary>One way to end over one carrier.</summary>
internal sealed record Cell(Ending Ending, SenderKind Kind, Carrier Carrier, bool HasBody, bool IsUsed)
{
    public override string ToString() => $"{Ending.Name}: {Kind}, {Carrier}, {(HasBody ? "body" : "no body")}, {(IsUsed ? "used" : "fresh")} connection";
}
