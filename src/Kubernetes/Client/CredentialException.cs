namespace LoadTesting.Kubernetes.Client;

/// <summary>No credentials could be made: an exec plugin failed, or a token file is gone. The message never contains a credential.</summary>
public sealed class CredentialException : IOException
{
    /// <param name="message">What failed.</param>
    /// <param name="inner">Why.</param>
    public CredentialException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
