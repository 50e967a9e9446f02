using System.Security.Cryptography;
using System.Text;

namespace LoadTesting.Operator.Workloads;

/// <summary>
/// The bearer tokens of the agents' verbs. A run's token is an HMAC of the run's uid under the operator's key, so that whichever process leads knows it without ever
/// reading a Secret of a user's namespace; the runners get it as a Secret through the kubelet.
/// </summary>
public sealed class RunTokens
{
    /// <summary>Length of a key in bytes.</summary>
    public const int KeyLength = 32;

    private readonly byte[] _key;

    /// <param name="key">The operator's key, <see cref="KeyLength"/> bytes, the same for all its processes.</param>
    public RunTokens(byte[] key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyLength);
        _key = key;
    }

    /// <summary>The token of a run: 64 hexadecimal digits.</summary>
    public string Of(string runUid) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"loadtest-run/{runUid}")));
}
