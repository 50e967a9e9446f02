namespace LoadTesting.Runner.Cli.Views;

/// <summary><c>--quiet</c>: nothing but the verdict.</summary>
internal sealed class QuietView : IRunView
{
    public void Show(LiveFrame frame)
    {
    }

    public void Note(string text)
    {
    }

    public void Log(string text)
    {
    }

    public ValueTask StopAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
