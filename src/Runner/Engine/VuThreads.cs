using LoadTesting.Runner.Loops;

namespace LoadTesting.Runner.Engine;

/// <summary>
/// Where virtual users' code runs. With event loops each user lives on one, and the loops share the work evenly as lanes; without, everybody is on the platform's
/// threads, which are one lane.
/// </summary>
internal sealed class VuThreads(ILoopHost? host)
{
    private readonly BackgroundThreads? _background = host is null ? null : new BackgroundThreads();

    public int Lanes => host?.LoopCount ?? 1;

    /// <summary>How many loops there are; 0 without.</summary>
    public int Loops => host?.LoopCount ?? 0;

    /// <summary>Gets the loops ready for so many users.</summary>
    public void Expect(int users) => host?.Expect(users);

    /// <summary>Has threads that appeared since the last call stand back behind the loops.</summary>
    public void PreferLoops() => _background?.GiveWay();

    public int LaneOf(int user) => user % Lanes;

    /// <summary>Continues where the user lives; without loops on another of the platform's threads.</summary>
    public LoopSwitch SwitchTo(int user) => new(host?.Loop(LaneOf(user)), yields: host is null);

    /// <summary>
    /// Continues on a lane's loop; without loops at once. To be awaited as it is: a method around it could be over before its caller waits, who would then go on where it was.
    /// </summary>
    public LoopSwitch Enter(int lane) => new(host?.Loop(lane), yields: false);

    /// <summary>Lets others have a turn.</summary>
    public static LoopSwitch Yield() => new(EventLoop.Current, yields: true);
}
