using LoadTesting.Runner.Loops;

namespace LoadTesting.Runner.Engine;

/// <summary>
/// Where virtual users' code runs. With event loops each user lives on one, and the loops share the work evenly as lanes; without, everybody is on the platform's
/// threads, which are one lane.
/// </summary>
internal sealed class VuThreads(ILoopHost? host)
{
    public int Lanes => host?.LoopCount ?? 1;

    /// <summary>How many loops there are; 0 without.</summary>
    public int Loops => host?.LoopCount ?? 0;

    public int LaneOf(int user) => user % Lanes;

    /// <summary>Continues where the user lives; without loops on another of the platform's threads.</summary>
    public LoopSwitch SwitchTo(int user) => new(host?.Loop(LaneOf(user)), yields: false);

    /// <summary>Continues on a lane's loop; without loops at once.</summary>
    public ValueTask EnterAsync(int lane) => host is null ? default : SwitchAsync(host.Loop(lane));

    /// <summary>Lets others have a turn.</summary>
    public static LoopSwitch Yield() => new(EventLoop.Current, yields: true);

    private static async ValueTask SwitchAsync(EventLoop loop) => await loop.SwitchTo();
}
