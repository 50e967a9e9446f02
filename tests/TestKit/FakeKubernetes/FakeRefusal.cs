namespace LoadTesting.TestKit.FakeKubernetes;

/// <summary>The server says no.</summary>
internal sealed class FakeRefusal(int code, string reason, string message, params (string Reason, string Message)[] causes) : Exception(message)
{
    public int Code => code;

    public string Reason => reason;

    public IReadOnlyList<(string Reason, string Message)> Causes => causes;
}
