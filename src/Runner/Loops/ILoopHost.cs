namespace LoadTesting.Runner.Loops;

/// <summary>Has event loops on which virtual users live: each on one of them for all its life.</summary>
internal interface ILoopHost
{
    /// <summary>Gets ready for so many users' connections.</summary>
    void Expect(int users);

    /// <summary>How many there are.</summary>
    int LoopCount { get; }

    /// <summary>One of them; started when first asked for.</summary>
    EventLoop Loop(int index);
}
