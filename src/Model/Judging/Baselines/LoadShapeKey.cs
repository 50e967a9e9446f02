using System.Security.Cryptography;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Judging.Baselines;

/// <summary>Two runs with the same key sent the same load: same scenarios with same executors, numbers and times.</summary>
public static class LoadShapeKey
{
    /// <summary>16 hexadecimal digits.</summary>
    public static string Of(LoadTestSpec spec)
    {
        var shape = new LoadTestSpec { Scenarios = spec.Scenarios, WarmUp = spec.WarmUp };
        var text = SpecJson.ToUtf8(new LoadTestManifest { Name = "shape", Spec = shape });
        return Convert.ToHexStringLower(SHA256.HashData(text))[..16];
    }
}
